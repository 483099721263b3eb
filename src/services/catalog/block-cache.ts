import type { OpenBytes } from '../../ports/bundle-storage';
import { BlockReads } from './block-reads';
import { blockSizeBytes, BlockStore } from './block-store';
import type { CachedBytes } from './cached-bytes';
import { CachedFile } from './cached-file';

export interface CacheCounts {
  /** Reads answered from memory, and reads that waited for the disk. */
  readonly hits: number;
  readonly misses: number;
  /** Blocks evicted by others. */
  readonly evictions: number;
  /** Size of the cached blocks. */
  readonly bytes: number;
}

/** Keeps blocks of open bundle files in memory. */
export class BlockCache {
  readonly #store: BlockStore;
  readonly #reads = new BlockReads();
  readonly #answered = { hits: 0, misses: 0 };

  /** @param limitBytes of all blocks; less than one turns the cache off */
  constructor(limitBytes: number) {
    this.#store = new BlockStore(limitBytes);
  }

  /** How many blocks are kept. */
  get size(): number {
    return this.#store.size;
  }

  counts(): CacheCounts {
    return {
      ...this.#answered,
      evictions: this.#store.evictions,
      bytes: this.#store.size * blockSizeBytes,
    };
  }

  /**
   * Keeps blocks of an open file until it is closed. They belong to this open file only: another one with the same hash, which
   * may have replaced it, begins with none.
   */
  of(file: OpenBytes): CachedBytes {
    if (this.#store.capacity === 0) return uncached(file);
    return new CachedFile(file, { store: this.#store, reads: this.#reads, answered: this.#answered });
  }
}

function uncached(file: OpenBytes): CachedBytes {
  return {
    sizeBytes: file.sizeBytes,
    createReadStream: (start, end) => file.createReadStream(start, end),
    read: (position, length, memory) => file.read(position, length, memory),
    readNow: () => undefined,
    readAhead: () => undefined,
    close: () => file.close(),
  };
}

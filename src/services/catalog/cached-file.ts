import type { Readable } from 'node:stream';
import type { OpenBytes } from '../../ports/bundle-storage';
import type { BlockReads } from './block-reads';
import { type Block, blockSizeBytes, type BlockStore, type Part } from './block-store';
import type { CachedBytes } from './cached-bytes';

/** How many blocks are read ahead of a device that reads in order. */
const aheadOfOne = 2;
/** The largest share of the cache for blocks that were read ahead and not asked for yet. */
const aheadShare = 1 / 8;

/** The state that all files share. */
export interface SharedCache {
  readonly store: BlockStore;
  readonly reads: BlockReads;
  /** How many reads memory answered, and how many waited for the disk. */
  readonly answered: { hits: number; misses: number };
}

/** A block that is being read. */
interface Reading {
  readonly done: Promise<void>;
  /** The parts requested meanwhile, and where to copy them. */
  readonly wanted: { readonly target: Buffer; readonly part: Part }[];
}

/**
 * An open file with cached blocks. A read copies from them, so a device that stalls holds only the memory it was granted. Streams
 * and reads of more than a block bypass the cache.
 */
export class CachedFile implements CachedBytes {
  readonly sizeBytes: number;
  readonly #blocks = new Map<number, Block>();
  readonly #reading = new Map<number, Reading>();
  #isClosed = false;

  constructor(
    private readonly file: OpenBytes,
    private readonly cache: SharedCache,
  ) {
    this.sizeBytes = file.sizeBytes;
  }

  createReadStream(start: number, end: number): Readable {
    return this.file.createReadStream(start, end);
  }

  readNow(position: number, length: number, memory?: Buffer): Buffer | undefined {
    if (this.#goesPast(position, length)) return undefined;
    const first = Math.floor(position / blockSizeBytes);
    const last = Math.floor((position + length - 1) / blockSizeBytes);
    if (!this.#blocks.has(first) || (last !== first && !this.#blocks.has(last))) return undefined;
    const target = memoryOf(length, memory);
    const from = position - first * blockSizeBytes;
    if (last === first) this.#copyKept(target, { index: first, from, end: from + length, to: 0 });
    else for (const part of partsOf(position, length)) this.#copyKept(target, part);
    this.cache.answered.hits += 1;
    return target;
  }

  async read(position: number, length: number, memory?: Buffer): Promise<Buffer> {
    const kept = this.readNow(position, length, memory);
    if (kept !== undefined) return kept;
    if (this.#goesPast(position, length)) return this.file.read(position, length, memory);
    this.cache.answered.misses += 1;
    const parts = partsOf(position, length);
    const isCold = parts.some(({ index }) => !this.#isAtHand(index));
    if (isCold && !this.cache.reads.hasRoom) return this.file.read(position, length, memory);
    const target = memoryOf(length, memory);
    // Waits for all of them even if one fails, because none may write to the memory later.
    const copied = await Promise.allSettled(parts.map((part) => this.#copy(target, part)));
    if (copied.every(({ status }) => status === 'fulfilled')) return target;
    return this.file.read(position, length, memory); // the requested bytes may be readable even if the whole block is not
  }

  readAhead(position: number): void {
    const first = Math.ceil(position / blockSizeBytes);
    for (let index = first; index < first + aheadOfOne; index += 1) {
      if (this.#isClosed || index * blockSizeBytes >= this.sizeBytes || !this.#hasRoomAhead) return;
      if (!this.#isAtHand(index)) this.#fetch(index, true).done.catch(() => undefined);
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const block of this.#blocks.values()) this.cache.store.drop(block);
    return this.file.close();
  }

  #goesPast(position: number, length: number): boolean {
    return this.#isClosed || length > blockSizeBytes || position + length > this.sizeBytes;
  }

  #isAtHand(index: number): boolean {
    return this.#blocks.has(index) || this.#reading.has(index);
  }

  get #hasRoomAhead(): boolean {
    const { reads, store } = this.cache;
    return reads.hasRoomAhead && store.ahead + reads.ahead < Math.floor(store.capacity * aheadShare);
  }

  #fetch(index: number, isAhead: boolean): Reading {
    const wanted: Reading['wanted'] = [];
    const done = this.cache.reads.count(() => this.#readBlock(index, isAhead, wanted), isAhead);
    const reading = { done, wanted };
    this.#reading.set(index, reading);
    return reading;
  }

  /** Reads a block into the cache, and copies the wanted parts at once, because the block may be evicted at any time. */
  async #readBlock(index: number, isAhead: boolean, wanted: Reading['wanted']): Promise<void> {
    const { store } = this.cache;
    const at = index * blockSizeBytes;
    let room = store.makeRoom();
    try {
      const bytes = await this.file.read(at, Math.min(blockSizeBytes, this.sizeBytes - at), room?.memory);
      for (const { target, part } of wanted) bytes.copy(target, part.to, part.from, part.end);
      if (this.#isClosed) return;
      const block = store.keep(this.#blocks, index, bytes, { isAhead, room });
      room = undefined;
      if (block === undefined) return;
      for (const { part } of wanted) store.use(block, part.from, part.end);
    } finally {
      this.#reading.delete(index);
      if (room !== undefined) store.giveUp(room);
    }
  }

  /** Copies the part of one block, which is first read if necessary. */
  #copy(target: Buffer, part: Part): Promise<void> {
    if (this.#copyKept(target, part)) return Promise.resolve();
    const reading = this.#reading.get(part.index) ?? this.#fetch(part.index, false);
    reading.wanted.push({ target, part });
    return reading.done;
  }

  #copyKept(target: Buffer, part: Part): boolean {
    const block = this.#blocks.get(part.index);
    if (block !== undefined) this.cache.store.copy(block, target, part);
    return block !== undefined;
  }
}

function memoryOf(length: number, memory: Buffer | undefined): Buffer {
  if (memory === undefined) return Buffer.allocUnsafe(length);
  return memory.length === length ? memory : memory.subarray(0, length);
}

function partsOf(position: number, length: number): readonly Part[] {
  const parts: Part[] = [];
  for (let to = 0; to < length;) {
    const index = Math.floor((position + to) / blockSizeBytes);
    const from = position + to - index * blockSizeBytes;
    const end = Math.min(blockSizeBytes, from + length - to);
    parts.push({ index, from, end, to });
    to += end - from;
  }
  return parts;
}

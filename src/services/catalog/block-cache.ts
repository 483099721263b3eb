import type { OpenBytes } from '../../ports/bundle-storage';

/** What is kept of a bundle at a time, in bytes. It begins at a multiple of this. */
export const blockSizeBytes = 128 << 10;

/** So many blocks are read at once; who comes then reads its own bytes, past the cache. */
const maxReads = 32;

/** The share of the blocks that an unread one cannot push out. */
const provenShare = 0.75;

interface Block {
  readonly of: Map<number, Block>;
  readonly index: number;
  readonly slot: number;
  /** Where reading in order would go on, from the beginning of the block. */
  readToBytes: number;
}

/**
 * Blocks of open bundle files, in one slab that is allocated once. A read copies out of it, so that a device that stalls holds only what it
 * was granted, and any block can go at any time. A block that is only read once, in order, goes before those that were read again.
 */
export class BlockCache {
  readonly #free: number[];
  readonly #provenLimit: number;
  #slab: Buffer | undefined;
  #reads = 0;
  /** Both from the one that was unused the longest. */
  readonly #fresh = new Set<Block>();
  readonly #proven = new Set<Block>();

  /** @param limitBytes of the slab; less than a block turns the cache off */
  constructor(limitBytes: number) {
    const count = Math.floor(limitBytes / blockSizeBytes);
    this.#free = Array.from({ length: count }, (_, slot) => slot);
    this.#provenLimit = Math.floor(count * provenShare);
  }

  /** How many blocks are kept. */
  get size(): number {
    return this.#fresh.size + this.#proven.size;
  }

  /**
   * Keeps blocks of an open file until it is closed. They are the file's own: another one with the same hash, which may have replaced it,
   * begins with none. Streams go past the cache.
   */
  of(file: OpenBytes): OpenBytes {
    if (this.#free.length + this.size === 0) return file;
    const blocks = new Map<number, Block>();
    const reading = new Map<number, Promise<Buffer>>();
    let isClosed = false;

    const fetch = (index: number): Promise<Buffer> => {
      const at = index * blockSizeBytes;
      this.#reads += 1;
      const bytes = file.read(at, Math.min(blockSizeBytes, file.sizeBytes - at)).then((read) => {
        if (!isClosed) this.#keep(blocks, index, read);
        return read;
      });
      const ended = bytes.finally(() => {
        this.#reads -= 1;
        reading.delete(index);
      });
      reading.set(index, ended);
      return ended;
    };

    /** Copies the part of one block; a promise when it has to be read first. */
    const copy = (target: Buffer, part: Part): Promise<void> | undefined => {
      const block = blocks.get(part.index);
      if (block !== undefined) {
        this.#copyKept(block, target, part);
        return undefined;
      }
      return (reading.get(part.index) ?? fetch(part.index)).then((bytes) => {
        bytes.copy(target, part.to, part.from, part.end);
        const kept = blocks.get(part.index);
        if (kept !== undefined) this.#use(kept, part);
      });
    };

    return {
      sizeBytes: file.sizeBytes,
      createReadStream: (start, end) => file.createReadStream(start, end),
      read: async (position, length) => {
        const parts = partsOf(position, length);
        const isCold = parts.some(({ index }) => !blocks.has(index) && !reading.has(index));
        const isPast = length > blockSizeBytes || position + length > file.sizeBytes;
        if (isClosed || isPast || (isCold && this.#reads >= maxReads)) return file.read(position, length);
        const target = Buffer.allocUnsafe(length);
        const waits = parts.map((part) => copy(target, part)).filter((wait) => wait !== undefined);
        if (waits.length === 0) return target;
        try {
          await Promise.all(waits);
          return target;
        } catch {
          return file.read(position, length); // what was asked for may be readable, when all of the block is not
        }
      },
      close: () => {
        isClosed = true;
        for (const block of blocks.values()) this.#evict(block);
        return file.close();
      },
    };
  }

  #keep(of: Map<number, Block>, index: number, bytes: Buffer): void {
    if (this.#free.length === 0) {
      const [oldest] = this.#fresh.size > 0 ? this.#fresh : this.#proven;
      if (oldest !== undefined) this.#evict(oldest);
    }
    const slot = this.#free.pop();
    if (slot === undefined) return;
    // Pages of the slab take memory when they are first written to.
    this.#slab ??= Buffer.allocUnsafeSlow((this.#free.length + this.size + 1) * blockSizeBytes);
    bytes.copy(this.#slab, slot * blockSizeBytes);
    const block = { of, index, slot, readToBytes: 0 };
    of.set(index, block);
    this.#fresh.add(block);
  }

  #copyKept(block: Block, target: Buffer, part: Part): void {
    const at = block.slot * blockSizeBytes;
    this.#slab?.copy(target, part.to, at + part.from, at + part.end);
    this.#use(block, part);
  }

  #use(block: Block, { from, end }: Part): void {
    const isReadAgain = from < block.readToBytes;
    block.readToBytes = Math.max(block.readToBytes, end);
    const isProven = this.#proven.delete(block) || (this.#fresh.delete(block) && isReadAgain);
    (isProven ? this.#proven : this.#fresh).add(block);
    if (this.#proven.size <= this.#provenLimit) return;
    const [oldest] = this.#proven;
    if (oldest === undefined) return;
    this.#proven.delete(oldest);
    this.#fresh.add(oldest);
  }

  #evict(block: Block): void {
    this.#fresh.delete(block);
    this.#proven.delete(block);
    block.of.delete(block.index);
    this.#free.push(block.slot);
  }
}

/** Of one block: from `from` to before `end` in the block, to `to` in what was asked for. */
interface Part {
  readonly index: number;
  readonly from: number;
  readonly end: number;
  readonly to: number;
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

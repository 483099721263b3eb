/** What is kept of a bundle at a time, in bytes. It begins at a multiple of this. */
export const blockSizeBytes = 128 << 10;

/** Which bytes of a block were read is remembered by pages of this size: as many as a number has bits. */
const pageSizeBytes = blockSizeBytes / 32;

/** The share of the blocks that an unread one cannot push out. */
const provenShare = 0.75;

/** Blocks of one file, by their index in it. */
export type BlocksOfFile = Map<number, Block>;

export interface Block {
  readonly of: BlocksOfFile;
  readonly index: number;
  readonly slot: number;
  /** The pages that were read, as bits. */
  readPages: number;
  /** It was read before anyone asked for it, and no one has asked yet. */
  isAhead: boolean;
}

/** A place for a block that is being read. */
export interface Room {
  readonly slot: number;
  /** As long as a block. */
  readonly memory: Buffer;
}

export interface KeepOptions {
  /** No one has asked for the block yet. */
  readonly isAhead: boolean;
  readonly room: Room | undefined;
}

/** Of one block: from `from` to before `end` in the block, to `to` in what was asked for. */
export interface Part {
  readonly index: number;
  readonly from: number;
  readonly end: number;
  readonly to: number;
}

/**
 * Blocks in one slab that is allocated once. Any block can go at any time, because what is read is copied. One whose bytes were read only
 * once goes before those of which some were read again, in whatever order they were read.
 */
export class BlockStore {
  /** How many were pushed out by others. */
  evictions = 0;
  /** How many were read ahead and not asked for yet. */
  ahead = 0;
  readonly capacity: number;
  readonly #free: number[];
  readonly #provenLimit: number;
  #slab: Buffer | undefined;
  /** Both from the one that was unused the longest. */
  readonly #fresh = new Set<Block>();
  readonly #proven = new Set<Block>();

  constructor(limitBytes: number) {
    this.capacity = Math.floor(limitBytes / blockSizeBytes);
    this.#free = Array.from({ length: this.capacity }, (_, slot) => slot);
    this.#provenLimit = Math.floor(this.capacity * provenShare);
  }

  /** How many blocks are kept. */
  get size(): number {
    return this.#fresh.size + this.#proven.size;
  }

  /**
   * A place to read a block into, for {@link keep} or {@link giveUp}; `undefined` when only blocks that were read again could go for it. They
   * stay until the block is there.
   */
  makeRoom(): Room | undefined {
    if (this.#free.length === 0 && this.#fresh.size > 0) this.#pushOut();
    const slot = this.#free.pop();
    return slot === undefined ? undefined : { slot, memory: this.#memoryOf(slot) };
  }

  /** The block was not read. */
  giveUp({ slot }: Room): void {
    this.#free.push(slot);
  }

  /**
   * @param bytes of the block, which are copied unless they are in the memory of the room
   * @param room that was made for it
   */
  keep(of: BlocksOfFile, index: number, bytes: Buffer, { isAhead, room }: KeepOptions): Block | undefined {
    if (room === undefined && this.#free.length === 0) this.#pushOut();
    const slot = room?.slot ?? this.#free.pop();
    if (slot === undefined) return undefined;
    const memory = room?.memory ?? this.#memoryOf(slot);
    if (bytes.buffer !== memory.buffer) bytes.copy(memory);
    const block = { of, index, slot, readPages: 0, isAhead };
    of.set(index, block);
    this.#fresh.add(block);
    if (isAhead) this.ahead += 1;
    return block;
  }

  copy(block: Block, target: Buffer, { from, end, to }: Part): void {
    const at = block.slot * blockSizeBytes;
    this.#slab?.copy(target, to, at + from, at + end);
    this.use(block, from, end);
  }

  /** Notes that bytes of a block were read. */
  use(block: Block, from: number, end: number): void {
    const pages = pagesOf(from, end);
    const isReadAgain = (block.readPages & pages) !== 0;
    block.readPages |= pages;
    this.#noteAsked(block);
    const isProven = this.#proven.delete(block) || (this.#fresh.delete(block) && isReadAgain);
    (isProven ? this.#proven : this.#fresh).add(block);
    if (this.#proven.size <= this.#provenLimit) return;
    const [oldest] = this.#proven;
    if (oldest === undefined) return;
    this.#proven.delete(oldest);
    this.#fresh.add(oldest);
  }

  drop(block: Block): void {
    this.#fresh.delete(block);
    this.#proven.delete(block);
    block.of.delete(block.index);
    this.#free.push(block.slot);
    this.#noteAsked(block);
  }

  #memoryOf(slot: number): Buffer {
    // Pages of the slab take memory when they are first written to.
    this.#slab ??= Buffer.allocUnsafeSlow(this.capacity * blockSizeBytes);
    return this.#slab.subarray(slot * blockSizeBytes, (slot + 1) * blockSizeBytes);
  }

  #noteAsked(block: Block): void {
    if (!block.isAhead) return;
    block.isAhead = false;
    this.ahead -= 1;
  }

  #pushOut(): void {
    const [oldest] = this.#fresh.size > 0 ? this.#fresh : this.#proven;
    if (oldest === undefined) return;
    this.drop(oldest);
    this.evictions += 1;
  }
}

/** Those that begin in a part: then reading in order, in steps of any size, reads no page twice. */
function pagesOf(from: number, end: number): number {
  const first = Math.ceil(from / pageSizeBytes);
  const count = Math.ceil(end / pageSizeBytes) - first;
  return count >= 32 ? -1 : ((1 << count) - 1) << first;
}

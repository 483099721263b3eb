/** The size of a cached block, in bytes. A block begins at a multiple of it. */
export const blockSizeBytes = 128 << 10;

/** The bytes of a block that were read are tracked in pages of this size, one bit of a number for each. */
const pageSizeBytes = blockSizeBytes / 32;

/** The share of the blocks that an unread one cannot evict. */
const provenShare = 0.75;

/** Blocks of one file, by their index in it. */
export type BlocksOfFile = Map<number, Block>;

export interface Block {
  readonly of: BlocksOfFile;
  readonly index: number;
  readonly slot: number;
  /** The pages that were read, as bits. */
  readPages: number;
  /** It was read ahead, and no one has asked for it yet. */
  isAhead: boolean;
}

/** A place for a block that is being read. */
export interface Room {
  readonly slot: number;
  /** The size of a block. */
  readonly memory: Buffer;
}

export interface KeepOptions {
  /** No one has asked for the block yet. */
  readonly isAhead: boolean;
  readonly room: Room | undefined;
}

/** A part of one block: bytes `from` to before `end` in the block, to be copied to `to` in the requested bytes. */
export interface Part {
  readonly index: number;
  readonly from: number;
  readonly end: number;
  readonly to: number;
}

/**
 * Blocks in one slab that is allocated once. Any block can be evicted at any time, because reads are copied. A block whose bytes
 * were read only once is evicted before those of which some were read again, whatever the order of the reads.
 */
export class BlockStore {
  /** How many blocks others evicted. */
  evictions = 0;
  /** How many blocks were read ahead and not asked for yet. */
  ahead = 0;
  readonly capacity: number;
  readonly #free: number[];
  readonly #provenLimit: number;
  #slab: Buffer | undefined;
  /** Both begin with the least recently used block. */
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
   * A place to read a block into, for {@link keep} or {@link giveUp}; `undefined` when only blocks that were read again could be
   * evicted for it. They stay until the block has been read.
   */
  makeRoom(): Room | undefined {
    if (this.#free.length === 0 && this.#fresh.size > 0) this.#pushOut();
    const slot = this.#free.pop();
    return slot === undefined ? undefined : { slot, memory: this.#memoryOf(slot) };
  }

  /** Call it if the block could not be read. */
  giveUp({ slot }: Room): void {
    this.#free.push(slot);
  }

  /**
   * @param bytes of the block, which are copied unless they are in the memory of the room
   * @param room made for the block
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

  /** Records that bytes of a block were read. */
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

/** The pages that begin in a part, so that reading in order, in steps of any size, counts no page twice. */
function pagesOf(from: number, end: number): number {
  const first = Math.ceil(from / pageSizeBytes);
  const count = Math.ceil(end / pageSizeBytes) - first;
  return count >= 32 ? -1 : ((1 << count) - 1) << first;
}

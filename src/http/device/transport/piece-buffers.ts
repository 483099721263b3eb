import { largestPieceBytes } from './send-pace';

/** Smaller pieces share this size. */
const smallestBytes = 4 << 10;

/**
 * Reusable buffers for pieces of bundles. A new buffer for each piece would cost more than reading the piece: the kernel hands out its
 * pages one by one, and takes them back afterwards.
 */
export class PieceBuffers {
  /** Buffers that are not in use, by size. */
  readonly #free = new Map<number, Buffer[]>();
  #freeBytes = 0;

  /** @param limitBytes limits what is kept for later; what is in use is limited elsewhere */
  constructor(private readonly limitBytes: number) {}

  /** Bytes kept for later. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** @returns a buffer of at least this length, with arbitrary content */
  take(bytes: number): Buffer {
    const size = sizeFor(bytes);
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#freeBytes -= size;
    return buffer;
  }

  /**
   * Call it once nothing reads or writes the buffer any more. A buffer that is never given back is garbage-collected.
   */
  giveBack(buffer: Buffer): void {
    const size = buffer.length;
    if (size > largestPieceBytes || this.#freeBytes + size > this.limitBytes) return;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [buffer]);
    else free.push(buffer);
    this.#freeBytes += size;
  }
}

/** The next power of two, so that pieces of similar size share buffers. */
function sizeFor(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(bytes, smallestBytes)));
}

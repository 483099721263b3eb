import { largestPieceBytes } from './send-pace';

/** Smaller pieces share this size. */
const smallestBytes = 4 << 10;

/**
 * Memory that pieces of bundles are read into, one after the other. A new buffer for each piece costs more than reading it: the kernel gives
 * its pages one by one, and takes them away again.
 */
export class PieceBuffers {
  /** Those not in use, by size. */
  readonly #free = new Map<number, Buffer[]>();
  #freeBytes = 0;

  /** @param limitBytes of what is kept for later; what is in use is limited elsewhere */
  constructor(private readonly limitBytes: number) {}

  /** Of what is kept for later. */
  get freeBytes(): number {
    return this.#freeBytes;
  }

  /** @returns a buffer that is at least so long, with any content */
  take(bytes: number): Buffer {
    const size = sizeFor(bytes);
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#freeBytes -= size;
    return buffer;
  }

  /** Nothing reads or writes a buffer any more that was taken here. One that is not given back is garbage. */
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

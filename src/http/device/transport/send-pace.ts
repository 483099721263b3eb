/** Answers up to this size are sent in one piece: RAUC's block reads are shorter. */
export const largestPieceBytes = 256 << 10;
export const smallestPieceBytes = 16 << 10;

/** A piece is at most this fraction of what the connection took since it was last slow: the kernel's buffers take the first MiB at once. */
const shareOfTaken = 64;
/** A piece that takes longer to send was too large. */
const slowMs = 1_000;

/**
 * How much of a bundle is read for a connection at once. TLS keeps what it has encrypted until the device takes it, so a stalled connection
 * must not hold much: pieces start small and grow with what the device has taken.
 */
export class SendPace {
  #takenBytes = 0;
  #isSlow = false;

  /** A power of two. */
  get pieceBytes(): number {
    const share = Math.max(this.#takenBytes / shareOfTaken, smallestPieceBytes);
    return Math.min(2 ** Math.floor(Math.log2(share)), largestPieceBytes);
  }

  /** @param leftBytes the length of an answer that has not begun */
  firstPieceBytes(leftBytes: number): number {
    if (leftBytes <= largestPieceBytes && !this.#isSlow) return leftBytes;
    return Math.min(leftBytes, this.pieceBytes);
  }

  /** Whether to read the next piece while one is being sent. */
  get readsAhead(): boolean {
    return this.pieceBytes === largestPieceBytes;
  }

  /** The device took a piece. */
  taken(bytes: number, tookMs: number): void {
    this.#isSlow = tookMs > slowMs;
    this.#takenBytes = this.#isSlow ? 0 : this.#takenBytes + bytes;
  }
}

export interface TokenBucketSize {
  /** How many may be taken at once. */
  readonly burst: number;
  /** How many come back in a second. */
  readonly perSecond: number;
}

/** A rate that allows bursts. It begins full, and a clock that is set back takes nothing from it. */
export class TokenBucket {
  #left: number;
  #atMs: number;

  constructor(
    private readonly size: TokenBucketSize,
    nowMs: number,
  ) {
    this.#left = size.burst;
    this.#atMs = nowMs;
  }

  /** @returns whether there was one left */
  take(nowMs: number): boolean {
    const { burst, perSecond } = this.size;
    const seconds = Math.max(0, nowMs - this.#atMs) / 1_000;
    this.#atMs = nowMs;
    this.#left = Math.min(burst, this.#left + seconds * perSecond);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

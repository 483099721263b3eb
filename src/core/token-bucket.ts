/** How often something may happen. */
export interface Rate {
  /** So often at once. */
  readonly burst: number;
  /** And so often a second from then on. */
  readonly perSecond: number;
}

/** What is left of a {@link Rate}. Time comes in; a clock that was set back gives nothing, and takes no more than a burst. */
export class TokenBucket {
  readonly #intervalMs: number;
  /** When nothing of it will be used any more. */
  #fullAtMs = -Infinity;

  constructor(private readonly rate: Rate) {
    this.#intervalMs = 1000 / rate.perSecond;
  }

  /** @returns whether it may happen once more; then that is counted */
  take(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0) return false;
    this.#fullAtMs = Math.max(this.#fullAtMs, nowMs) + this.#intervalMs;
    return true;
  }

  /** How long until it may happen once more, in milliseconds. */
  waitMs(nowMs: number): number {
    const { burst } = this.rate;
    this.#fullAtMs = Math.min(this.#fullAtMs, nowMs + burst * this.#intervalMs);
    return Math.max(0, this.#fullAtMs - nowMs - (burst - 1) * this.#intervalMs);
  }

  /** Whether nothing of it is used: it then need not be remembered. */
  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}

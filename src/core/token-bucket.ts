/** How often something may happen. */
export interface Rate {
  /** How often at once. */
  readonly burst: number;
  /** How often per second after that. */
  readonly perSecond: number;
}

/** What is left of a {@link Rate}. The caller passes the time. A clock set back adds nothing and costs at most one burst. */
export class TokenBucket {
  readonly #intervalMs: number;
  /** When it will be full again. */
  #fullAtMs = -Infinity;

  constructor(private readonly rate: Rate) {
    this.#intervalMs = 1000 / rate.perSecond;
  }

  /** @returns whether it may happen once more, and counts it if so */
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

  /** Whether none of it is used, so the bucket need not be remembered. */
  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}

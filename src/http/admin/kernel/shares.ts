import { DomainError } from '../../../core/errors';
import type { Shared } from '../../../core/reasons/shares';

export interface ShareLimits {
  /** What is shared. */
  readonly what: Shared;
  readonly perCaller: number;
  readonly inAll: number;
  /** When a retry makes sense, in seconds. */
  readonly retryAfterSeconds: number;
}

/** Searches take turns: with many at once, each takes long. */
export const searchLimits: ShareLimits = {
  what: 'search',
  perCaller: 10,
  inAll: 50,
  retryAfterSeconds: 5,
};

/** Limits something that callers hold for a while. Each caller has a share, so that one leaves room for others. */
export class Shares {
  readonly #held = new Map<string, number>();
  #total = 0;
  #refused = 0;

  constructor(private readonly limits: ShareLimits) {}

  /** How many are held now. */
  get size(): number {
    return this.#total;
  }

  /** How many were refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Takes one item from a caller's share.
   * @param actor a token with all its sessions, or `local`
   * @returns a function that gives it back; calling it twice does no harm
   * @throws DomainError `too-many-requests`
   */
  take(actor: string): () => void {
    const { what, perCaller, inAll, retryAfterSeconds } = this.limits;
    const held = this.#held.get(actor) ?? 0;
    if (held >= perCaller || this.#total >= inAll) {
      this.#refused += 1;
      throw DomainError.of(
        held >= perCaller ? 'share-used-up' : 'shares-used-up',
        { what, actor, count: held >= perCaller ? perCaller : inAll },
        { details: { retryAfterSeconds } },
      );
    }
    this.#held.set(actor, held + 1);
    this.#total += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#total -= 1;
      const left = (this.#held.get(actor) ?? 1) - 1;
      if (left === 0) this.#held.delete(actor);
      else this.#held.set(actor, left);
    };
  }

  /** Runs something that holds one item of the caller's share meanwhile. @throws DomainError `too-many-requests` */
  async during<Result>(actor: string, run: () => Promise<Result>): Promise<Result> {
    const giveBack = this.take(actor);
    try {
      return await run();
    } finally {
      giveBack();
    }
  }
}

/** Where events are sent to, as people see it: never with its secret. */
export interface Webhook {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  /** Kinds, or nouns with a dot at their end; empty means all. */
  readonly kinds: readonly string[];
  readonly isEnabled: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** The last event that was delivered, given up, or not wanted. */
  readonly cursor: number;
  /** How often the next event has been tried in vain. */
  readonly attempts: number;
  /** When it is tried next; `null` when nothing failed. */
  readonly nextAttemptAt: Date | null;
  /** Since when the next event has been tried in vain; `null` when it has not. */
  readonly failingSince: Date | null;
  /** Of the last attempt; `null` after one that succeeded. */
  readonly lastError: string | null;
  readonly lastDeliveredAt: Date | null;
}

/** What a delivery changes. */
export type WebhookProgress = Pick<
  Webhook,
  'cursor' | 'attempts' | 'nextAttemptAt' | 'failingSince' | 'lastError' | 'lastDeliveredAt'
>;

const firstDelayMs = 5_000;
const longestDelayMs = 3_600_000;

/**
 * How long to wait before the next attempt: twice as long each time, up to an hour, and a little at random, so that receivers
 * that come back are not asked by all at once.
 * @param attempts that failed, at least 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(attempts: number, random: number): number {
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delayMs * (0.8 + 0.4 * random));
}

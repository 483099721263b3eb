import type { Why } from './reasons/why';

/** Where events are sent, as people see it: never with its secret. */
export interface Webhook {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  /** Kinds, or nouns with a dot at their end; empty means all. */
  readonly kinds: readonly string[];
  readonly isEnabled: boolean;
  /** Whether an event waits until earlier ones were delivered or given up. */
  readonly inOrder: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** The last event that has a delivery or is unwanted. */
  readonly cursor: number;
  /** Of the last attempt; `null` after one that succeeded. */
  readonly lastError: Why | null;
  readonly lastDeliveredAt: Date | null;
}

/** What waits for a webhook. */
export interface WebhookQueue {
  /** Deliveries that wait for an attempt, up to {@link maxWaiting}. */
  readonly waiting: number;
  /** How many of these have failed attempts. */
  readonly failing: number;
  /** The failed attempts of the delivery that has failed longest. */
  readonly attempts: number;
  /** When that delivery is next attempted; `null` when nothing fails. */
  readonly nextAttemptAt: Date | null;
  /** Since when it has failed; `null` when nothing fails. */
  readonly failingSince: Date | null;
}

/** A webhook and its state. Its last error is that of the delivery that has failed longest, if any is failing. */
export interface WebhookStatus extends Webhook, WebhookQueue {}

export const emptyQueue: WebhookQueue = {
  waiting: 0,
  failing: 0,
  attempts: 0,
  nextAttemptAt: null,
  failingSince: null,
};

/** How many deliveries may wait for one webhook. Later events stay in the journal until there is room: none is lost. */
export const maxWaiting = 1_000;

const firstDelayMs = 5_000;
const longestDelayMs = 3_600_000;

/**
 * How long to wait before the next attempt: twice as long each time, up to an hour, with some randomness so that a receiver that
 * comes back is not flooded.
 * @param attempts that failed, at least 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(attempts: number, random: number): number {
  const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delayMs * (0.8 + 0.4 * random));
}

/**
 * No attempt is planned this far ahead. One that seems to be is due at once: after a clock was set back, it could otherwise wait
 * for years.
 */
export const farAheadMs = 2 * 3_600_000;

/**
 * How long a server has a delivery for itself, in milliseconds: longer than any call takes, so it ends early only if the server
 * died or stalled.
 */
export const leaseMs = 30_000;

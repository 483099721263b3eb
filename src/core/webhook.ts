import type { Why } from './reasons/why';

/** Where events are sent to, as people see it: never with its secret. */
export interface Webhook {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  /** Kinds, or nouns with a dot at their end; empty means all. */
  readonly kinds: readonly string[];
  readonly isEnabled: boolean;
  /** Whether an event waits until those before it were taken or given up. */
  readonly inOrder: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** The last event that has a delivery, or is not wanted. */
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
  /** When that one is tried next; `null` when nothing fails. */
  readonly nextAttemptAt: Date | null;
  /** Since when it fails; `null` when nothing fails. */
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

/** So many deliveries wait for one webhook. Later events stay in the journal until there is room: none is lost. */
export const maxWaiting = 1_000;

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

/** A clock that was set back must not put an attempt off for years: no attempt is planned so far ahead. */
export const farAheadMs = 2 * 3_600_000;

/**
 * How long a server has a delivery for itself, in milliseconds: longer than any call takes, so that it ends early only on a
 * server that died or stood still.
 */
export const leaseMs = 30_000;

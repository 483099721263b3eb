import type { EventKind } from './event';
import { circumstance } from './circumstances/catalogue';
import type { Why } from './reasons/why';
import { retryDelayMs } from './webhook';

/** `gave-up`: attempts failed for a day. `skipped`: the webhook was turned off or deleted first. */
export const deliveryStates = ['waiting', 'delivered', 'gave-up', 'skipped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event on its way to one webhook, or its outcome. */
export interface WebhookDelivery {
  readonly eventId: number;
  /** `null` when the event is no longer in the journal. */
  readonly kind: EventKind | null;
  /** When the event happened; `null` when it is no longer in the journal. */
  readonly at: Date | null;
  readonly state: DeliveryState;
  /** Attempts that failed; for an event that was delivered, those before the delivery. */
  readonly attempts: number;
  /** `null` for a delivery that does not wait. */
  readonly nextAttemptAt: Date | null;
  /** Since when attempts have failed; `null` without a failure. */
  readonly failingSince: Date | null;
  /** Why the last failed attempt failed; a text comes from the system, or from an earlier version. */
  readonly lastError: Why | null;
  /** When it was delivered, given up or skipped; `null` while it waits. */
  readonly endedAt: Date | null;
}

/** What an attempt changes. */
export type DeliveryProgress = Pick<
  WebhookDelivery,
  'state' | 'attempts' | 'nextAttemptAt' | 'failingSince' | 'lastError' | 'endedAt'
>;

/** The result of one attempt. */
export interface DeliveryAttempt {
  /** `null` when the receiver accepted it, else why not. */
  readonly failure: Why | null;
  /** When it ended. */
  readonly at: Date;
  /** How long attempts at the delivery have failed, in milliseconds, whatever happened to the clock. */
  readonly failedForMs: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/** How long one delivery is attempted. */
const giveUpAfterMs = 24 * 3_600_000;
/** The least number of attempts, which take three quarters of an hour: the server may have been off for all of that time. */
const giveUpAfterAttempts = 10;

/** The state of a delivery after an attempt. */
export function afterAttempt(
  { attempts, failingSince, lastError }: Pick<WebhookDelivery, 'attempts' | 'failingSince' | 'lastError'>,
  { failure, at, failedForMs, random }: DeliveryAttempt,
): DeliveryProgress {
  if (failure === null) return ended('delivered', { attempts, failingSince, lastError, endedAt: at });
  const failed = { attempts: attempts + 1, failingSince: failingSince ?? at, lastError: failure };
  if (failingSince !== null && failedForMs >= giveUpAfterMs && failed.attempts >= giveUpAfterAttempts)
    return ended('gave-up', { ...failed, endedAt: at });
  const nextAttemptAt = new Date(at.getTime() + retryDelayMs(failed.attempts, random));
  return { state: 'waiting', ...failed, nextAttemptAt, endedAt: null };
}

/** The state of a delivery whose event is no longer in the journal. */
export function withoutEvent(
  delivery: Pick<WebhookDelivery, 'attempts' | 'failingSince'>,
  at: Date,
): DeliveryProgress {
  const { attempts, failingSince } = delivery;
  return ended('gave-up', {
    attempts,
    failingSince,
    lastError: circumstance('event-pruned'),
    endedAt: at,
  });
}

function ended(
  state: 'delivered' | 'gave-up',
  rest: Omit<DeliveryProgress, 'state' | 'nextAttemptAt'>,
): DeliveryProgress {
  return { state, nextAttemptAt: null, ...rest };
}

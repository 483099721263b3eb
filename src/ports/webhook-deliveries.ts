import type { JournalEvent, NewEvent } from '../core/event';
import type { Why } from '../core/reasons/why';
import type { Webhook, WebhookQueue } from '../core/webhook';
import type { DeliveryProgress, DeliveryState, WebhookDelivery } from '../core/webhook-delivery';

/** The state in which an attempt begins; its outcome is saved only while the delivery is still in it. */
export interface DeliveryPlace {
  readonly webhookId: number;
  readonly eventId: number;
  readonly attempts: number;
}

/** A delivery that is about to be attempted. */
export interface OpenDelivery {
  readonly webhook: Webhook;
  readonly secret: string;
  readonly delivery: WebhookDelivery;
  /** `undefined` when the event is no longer in the journal. */
  readonly event: JournalEvent | undefined;
}

/** A part of the journal that was searched for a webhook. */
export interface LookedThrough {
  readonly webhookId: number;
  /** The cursor of the webhook. */
  readonly from: number;
  /** The last line of the part. */
  readonly to: number;
  /** The events in it that the webhook wants, in order. */
  readonly eventIds: readonly number[];
}

/** Newest event first. */
export interface DeliveryPage {
  readonly deliveries: readonly WebhookDelivery[];
  /** For the page after this one; `null` on the last. */
  readonly nextBefore: number | null;
}

/**
 * The deliveries of webhooks, one for each webhook and event. Several servers may send: the server that opens a delivery has it
 * for a limited time (`leaseMs` of the webhook). A delivery that was sent but could not be saved is sent again, with the same id.
 */
export interface WebhookDeliveries {
  /**
   * Creates deliveries of the events a webhook wants, while fewer than `room` wait, and moves its cursor accordingly, in one
   * step: `SELECT cursor FROM webhooks WHERE id = $1 AND is_enabled FOR UPDATE`, `SELECT count(*) FROM webhook_deliveries WHERE
   * webhook = $1 AND state = 'waiting'`, `INSERT INTO webhook_deliveries … ON CONFLICT DO NOTHING`, `UPDATE webhooks SET cursor =
   * …`
   * @returns the cursor, and whether the whole part was queued; `undefined`, without a change, when the webhook is off, gone, or
   * no longer at `from`
   */
  queue(
    part: LookedThrough,
    room: number,
    at: Date,
  ): Promise<{ readonly cursor: number; readonly isWhole: boolean } | undefined>;
  /**
   * Deliveries whose next attempt is due, or so far ahead that the clock must have been set back. Those due longest come first;
   * those that a server has opened are left out. A webhook that delivers in order gets only the first that waits. `SELECT event,
   * attempts FROM webhook_deliveries WHERE webhook = $1 AND state = 'waiting' AND (next_attempt_at <= $2 OR next_attempt_at > $3)
   * ORDER BY next_attempt_at, event LIMIT $4`; in order also `AND event = (SELECT min(event) …)`
   */
  due(webhook: Pick<Webhook, 'id' | 'inOrder'>, at: Date, limit: number): Promise<readonly DeliveryPlace[]>;
  /**
   * Opens a delivery for the caller alone, until it is saved or let go, and at most for a limited time (`leaseMs` of the
   * webhook): `DELETE FROM webhook_leases WHERE ends_at <= clock_timestamp()`, `INSERT INTO webhook_leases … ON CONFLICT DO
   * NOTHING RETURNING event`. A process that does not share its database needs no lease.
   *
   * `SELECT … FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook LEFT JOIN events e ON e.id = d.event WHERE d.webhook = $1
   * AND d.event = $2 AND d.attempts = $3 AND d.state = 'waiting' AND w.is_enabled`
   * @returns `undefined` when it no longer waits in this state, or when another server has it
   */
  open(place: DeliveryPlace): Promise<OpenDelivery | undefined>;
  /**
   * Releases a delivery that was opened here and will not be saved: `DELETE FROM webhook_leases WHERE webhook = $1 AND event = $2
   * AND holder = $3`
   */
  letGo(place: DeliveryPlace): Promise<void>;
  /**
   * Saves the outcome of an attempt. `UPDATE webhook_deliveries SET … WHERE webhook = $1 AND event = $2 AND attempts = $3 AND
   * state = 'waiting' RETURNING event`, then, if there is a row, the lines and `UPDATE webhooks SET last_error = …,
   * last_delivered_at = … WHERE id = $1`
   * @returns false, and saves nothing, when the delivery has changed meanwhile
   */
  save(place: DeliveryPlace, progress: DeliveryProgress, events: readonly NewEvent[]): Promise<boolean>;
  /**
   * `SELECT … FROM webhook_deliveries d LEFT JOIN events e ON e.id = d.event WHERE d.webhook = $1 AND d.state = $2 AND d.event < $3
   * ORDER BY d.event DESC LIMIT $4`
   */
  page(
    webhookId: number,
    page: { readonly state?: DeliveryState; readonly limit: number; readonly beforeEvent?: number },
  ): Promise<DeliveryPage>;
  /**
   * The waiting deliveries by the id of their webhook. Webhooks with none are left out. `SELECT webhook, count(*), … FROM
   * webhook_deliveries WHERE state = 'waiting' GROUP BY webhook`, and `SELECT DISTINCT ON (webhook) … ORDER BY webhook,
   * failing_since`
   */
  queues(): Promise<ReadonlyMap<number, WebhookQueue & { readonly lastError: Why | null }>>;
  /**
   * Makes a delivery wait again, due at once and without its failures: `SELECT id FROM webhooks WHERE id = $1 AND is_enabled FOR
   * UPDATE`, `UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, … WHERE webhook = $1 AND event = $2 AND EXISTS
   * (SELECT 1 FROM events WHERE id = $2) RETURNING event`, the lines if there is a row
   * @returns why this is not possible, in which case nothing changed
   */
  replay(
    webhookId: number,
    eventId: number,
    how: ReplayTerms,
  ): Promise<'replayed' | 'off' | 'full' | 'no-delivery' | 'no-event'>;
  /**
   * Does the same for deliveries that were given up, the oldest events first, while there is room: `UPDATE … WHERE webhook = $1
   * AND event IN (SELECT event … WHERE state = 'gave-up' ORDER BY event LIMIT $2)`
   * @returns how many, and whether some were left for lack of room; `off` changes nothing
   */
  replayGivenUp(
    webhookId: number,
    how: ReplayTerms,
  ): Promise<'off' | { readonly replayed: number; readonly isMore: boolean }>;
  /**
   * Removes deliveries that ended before a time, a few at a time. `DELETE FROM webhook_deliveries WHERE (webhook, event) IN
   * (SELECT … WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)`
   * @returns how many it removed
   */
  prune(before: Date, limit: number): Promise<number>;
}

/** How deliveries are made to wait again. */
export interface ReplayTerms {
  readonly at: Date;
  /** How many deliveries may wait. */
  readonly room: number;
  /** Makes the line of the journal. @param replayed how many, at least 1 */
  readonly line: (replayed: number) => NewEvent;
}

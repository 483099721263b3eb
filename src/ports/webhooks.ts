import type { JournalEvent, NewEvent } from '../core/event';
import type { Why } from '../core/reasons/why';
import type { Webhook } from '../core/webhook';

/** A webhook with the secret that signs its deliveries: only for the sender, never for display. */
export interface SigningWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Stores webhooks. */
export interface WebhookRecords {
  /** By name. `SELECT * FROM webhooks ORDER BY name` */
  all(): Promise<readonly Webhook[]>;
  /** `SELECT * FROM webhooks WHERE id = $1`, or `name = $1` */
  find(which: Pick<Webhook, 'id'> | Pick<Webhook, 'name'>): Promise<SigningWebhook | undefined>;
  /**
   * Adds one that begins after the last line of the journal. Lines of the journal are added one at a time
   * (`pg_advisory_xact_lock`), so two webhooks cannot both take the last place: `INSERT INTO webhooks … SELECT …, (SELECT max(id)
   * FROM events) WHERE (SELECT count(*) FROM webhooks) < $n ON CONFLICT (name) DO NOTHING RETURNING *`
   */
  add(
    webhook: Pick<Webhook, 'name' | 'url' | 'kinds' | 'inOrder' | 'createdAt' | 'createdBy'>,
    secret: string,
    events: readonly NewEvent[],
    maxWebhooks: number,
  ): Promise<Webhook | 'name-in-use' | 'too-many'>;
  /**
   * Turns a webhook on or off. On: it starts after the last line of the journal, without its failures. Off: waiting deliveries
   * are skipped. Without a change, nothing happens. `UPDATE webhooks SET is_enabled = $2, cursor = … WHERE name = $1 AND
   * is_enabled <> $2 RETURNING *`, then, if there is a row, the lines and `UPDATE webhook_deliveries SET state = 'skipped', …
   * WHERE webhook = $3 AND state = 'waiting'`, else `SELECT * FROM webhooks WHERE name = $1`
   * @returns `undefined` when there is none of this name; lines are written only if something changed
   */
  setEnabled(
    name: string,
    isEnabled: boolean,
    at: Date,
    events: readonly NewEvent[],
  ): Promise<Webhook | undefined>;
  /**
   * Sets whether a webhook delivers in order. `UPDATE webhooks SET in_order = $2 WHERE name = $1 AND in_order <> $2 RETURNING *`,
   * the lines if there is a row, else `SELECT * FROM webhooks WHERE name = $1`
   * @returns `undefined` when there is none of this name; lines are written only if something changed
   */
  setInOrder(name: string, inOrder: boolean, events: readonly NewEvent[]): Promise<Webhook | undefined>;
  /**
   * Removes a webhook. Skips its waiting deliveries; outcomes of earlier ones stay until they are old. `DELETE FROM webhooks
   * WHERE name = $1 RETURNING id`, then, if there was a row, the lines and `UPDATE webhook_deliveries SET state = 'skipped', …
   * WHERE webhook = $2 AND state = 'waiting'`
   * @returns false, and writes no line, when there is none of this name
   */
  remove(name: string, at: Date, events: readonly NewEvent[]): Promise<boolean>;
}

/** One event on its way to one receiver. */
export interface Delivery {
  /** The same for each attempt, and different for each event, so receivers can recognise a repeat. */
  readonly id: string;
  readonly event: JournalEvent;
}

/**
 * Delivers one event to one receiver.
 * @returns `null` when the receiver accepted it, else why not. A text comes from the system, and may contain secrets
 */
export type DeliverEvent = (
  webhook: Pick<Webhook, 'url' | 'name'>,
  secret: string,
  delivery: Delivery,
  signal?: AbortSignal,
) => Promise<Why | null>;

/**
 * Checks a URL before it is saved. The addresses behind its name may change, so each delivery checks again.
 * @returns why it may not be called; `null` when it may, or its name does not resolve now
 */
export type RefuseReceiver = (url: string) => Promise<Why | null>;

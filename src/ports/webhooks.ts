import type { JournalEvent, NewEvent } from '../core/event';
import type { Why } from '../core/reasons/why';
import type { Webhook } from '../core/webhook';

/** A webhook with the secret that signs its deliveries: only for the sender, never for display. */
export interface SigningWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Where webhooks last. */
export interface WebhookRecords {
  /** By name. `SELECT * FROM webhooks ORDER BY name` */
  all(): Promise<readonly Webhook[]>;
  /** `SELECT * FROM webhooks WHERE id = $1`, or `name = $1` */
  find(which: Pick<Webhook, 'id'> | Pick<Webhook, 'name'>): Promise<SigningWebhook | undefined>;
  /**
   * Adds one that begins after the last line of the journal. Lines of the journal come one after the other
   * (`pg_advisory_xact_lock`), so that no two take the last place: `INSERT INTO webhooks … SELECT …, (SELECT max(id) FROM events)
   * WHERE (SELECT count(*) FROM webhooks) < $n ON CONFLICT (name) DO NOTHING RETURNING *`
   */
  add(
    webhook: Pick<Webhook, 'name' | 'url' | 'kinds' | 'inOrder' | 'createdAt' | 'createdBy'>,
    secret: string,
    events: readonly NewEvent[],
    maxWebhooks: number,
  ): Promise<Webhook | 'name-in-use' | 'too-many'>;
  /**
   * Turning it on starts it after the last line of the journal, without its failures; turning it off skips what is waiting. No
   * change does nothing. `UPDATE webhooks SET is_enabled = $2, cursor = … WHERE name = $1 AND is_enabled <> $2 RETURNING *`,
   * then, if there is a row, the lines and `UPDATE webhook_deliveries SET state = 'skipped', … WHERE webhook = $3 AND state =
   * 'waiting'`, else `SELECT * FROM webhooks WHERE name = $1`
   * @returns `undefined` when there is none of this name; lines are written only if something changed
   */
  setEnabled(
    name: string,
    isEnabled: boolean,
    at: Date,
    events: readonly NewEvent[],
  ): Promise<Webhook | undefined>;
  /**
   * `UPDATE webhooks SET in_order = $2 WHERE name = $1 AND in_order <> $2 RETURNING *`, the lines if there is a row, else
   * `SELECT * FROM webhooks WHERE name = $1`
   * @returns `undefined` when there is none of this name; lines are written only if something changed
   */
  setInOrder(name: string, inOrder: boolean, events: readonly NewEvent[]): Promise<Webhook | undefined>;
  /**
   * Skips what is waiting; outcomes of deliveries stay until they are old. `DELETE FROM webhooks WHERE name = $1 RETURNING id`,
   * then, if there was a row, the lines and `UPDATE webhook_deliveries SET state = 'skipped', … WHERE webhook = $2 AND state =
   * 'waiting'`
   * @returns false, and writes no line, when there is none of this name
   */
  remove(name: string, at: Date, events: readonly NewEvent[]): Promise<boolean>;
}

/** One event on its way to one receiver. */
export interface Delivery {
  /** The same for each attempt, and for no other event: receivers know by it what they have already. */
  readonly id: string;
  readonly event: JournalEvent;
}

/**
 * Delivers one event to one receiver.
 * @returns `null` when it was taken, else why not. A text is the system's, and may contain secrets
 */
export type DeliverEvent = (
  webhook: Pick<Webhook, 'url' | 'name'>,
  secret: string,
  delivery: Delivery,
  signal?: AbortSignal,
) => Promise<Why | null>;

/**
 * Checks a URL before it is saved. What its name resolves to may change, so each call checks again.
 * @returns why it may not be called; `null` when it may, or its name does not resolve now
 */
export type RefuseReceiver = (url: string) => Promise<Why | null>;

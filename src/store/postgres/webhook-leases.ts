import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { leaseMs } from '../../core/webhook';
import type { DeliveryPlace } from '../../ports/webhook-deliveries';
import { query } from './queries';
import type { Transaction } from './writer';

/** The deliveries that no server holds, by PostgreSQL's clock, which all servers share. */
export const isFree: RawBuilder<SqlBool> = sql`NOT EXISTS (
  SELECT 1 FROM webhook_leases AS lease
    WHERE lease.webhook = webhook_deliveries.webhook AND lease.event = webhook_deliveries.event
    AND lease.ends_at > clock_timestamp())`;

/** Which deliveries this server holds. A delivery may be sent again when its lease has ended: its server may be gone. */
export class WebhookLeases {
  /** A new one for each start: what a killed server left behind does not belong to its next run. */
  readonly #holder = randomUUID();

  /** @returns false when another server has it */
  async take(transaction: Transaction, { webhookId, eventId }: DeliveryPlace): Promise<boolean> {
    await transaction.all(sql`DELETE FROM webhook_leases WHERE ends_at <= clock_timestamp()`.compile(query));
    const taken = await transaction.all(
      sql`INSERT INTO webhook_leases (webhook, event, holder, ends_at)
        VALUES (${webhookId}, ${eventId}, ${this.#holder}, clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond')
        ON CONFLICT DO NOTHING RETURNING event`.compile(query),
    );
    return taken.length > 0;
  }

  async end(transaction: Transaction, { webhookId, eventId }: DeliveryPlace): Promise<void> {
    await transaction.all(
      sql`DELETE FROM webhook_leases
        WHERE webhook = ${webhookId} AND event = ${eventId} AND holder = ${this.#holder}`.compile(query),
    );
  }
}

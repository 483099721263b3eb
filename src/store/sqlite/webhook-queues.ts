import { sql } from 'kysely';
import type { Why } from '../../core/reasons/why';
import type { WebhookQueue } from '../../core/webhook';
import type { Database } from './database';
import { toQueue, type QueueRow } from '../rows/webhook-rows';

/**
 * What waits for each webhook, and which of it has been failing longest. It reads only waiting deliveries, whose
 * number is bounded.
 */
export async function webhookQueues(
  database: Database,
): Promise<ReadonlyMap<number, WebhookQueue & { readonly lastError: Why | null }>> {
  const select = sql<QueueRow>`
    SELECT * FROM (
      SELECT webhook, attempts, next_attempt_at, failing_since, last_error,
        count(*) OVER (PARTITION BY webhook) AS waiting,
        count(failing_since) OVER (PARTITION BY webhook) AS failing,
        row_number() OVER (PARTITION BY webhook ORDER BY failing_since IS NULL, failing_since, event) AS place
      FROM webhook_deliveries WHERE state = 'waiting'
    ) WHERE place = 1`;
  const rows = await database.search(select.compile(database.query));
  return new Map(rows.map((row) => [row.webhook, toQueue(row)]));
}

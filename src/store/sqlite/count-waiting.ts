import type { Database } from './database';

/** How many deliveries wait for a webhook, as seen by the running transaction. */
export function countWaiting(database: Database, webhookId: number): number {
  const waiting = database.query
    .selectFrom('webhook_deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('webhook', '=', webhookId)
    .where('state', '=', 'waiting');
  return database.all(waiting)[0]?.count ?? 0;
}

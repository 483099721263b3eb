import type { Selectable } from 'kysely';
import type { NewEvent } from '../../core/event';
import type { Webhook, WebhookProgress } from '../../core/webhook';
import type { WebhookRecords } from '../../ports/webhooks';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import type { WebhookTable } from './schema';

/** Webhooks in the database, with how far each has come in the journal. */
export function createWebhookRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): WebhookRecords {
  const { query } = database;
  return {
    /** By name. */
    all(): readonly Webhook[] {
      return database.all(query.selectFrom('webhooks').selectAll().orderBy('name')).map(toWebhook);
    },

    /** @returns `undefined` when the name is in use */
    add(
      webhook: Pick<Webhook, 'name' | 'url' | 'kinds' | 'createdAt' | 'createdBy' | 'cursor'>,
      secret: string,
      events: readonly NewEvent[],
    ): Promise<Webhook | undefined> {
      return database.transact(() => {
        const [row] = database.all(
          query
            .insertInto('webhooks')
            .values({
              name: webhook.name,
              url: webhook.url,
              kinds: JSON.stringify(webhook.kinds),
              secret,
              is_enabled: 1,
              created_at: webhook.createdAt.toISOString(),
              created_by: webhook.createdBy,
              cursor: webhook.cursor,
              attempts: 0,
            })
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returningAll(),
        );
        if (row !== undefined) journal.append(events);
        return row === undefined ? undefined : toWebhook(row);
      });
    },

    secret(id: number): string | undefined {
      const [row] = database.all(query.selectFrom('webhooks').select('secret').where('id', '=', id));
      return row?.secret;
    },

    setEnabled(id: number, isEnabled: boolean, cursor: number, events: readonly NewEvent[]): Promise<void> {
      return database.transact(() => {
        const change = {
          is_enabled: isEnabled ? 1 : 0,
          cursor,
          attempts: 0,
          next_attempt_at: null,
          failing_since: null,
          last_error: null,
        };
        database.all(query.updateTable('webhooks').set(change).where('id', '=', id));
        journal.append(events);
      });
    },

    remove(id: number, events: readonly NewEvent[]): Promise<void> {
      return database.transact(() => {
        database.all(query.deleteFrom('webhooks').where('id', '=', id));
        journal.append(events);
      });
    },

    /** Saves how far it has come, unless somebody has changed it meanwhile. */
    saveProgress(
      id: number,
      from: number,
      progress: WebhookProgress,
      events: readonly NewEvent[],
    ): Promise<boolean> {
      return database.transact(() => {
        const change = {
          cursor: progress.cursor,
          attempts: progress.attempts,
          next_attempt_at: progress.nextAttemptAt?.toISOString() ?? null,
          failing_since: progress.failingSince?.toISOString() ?? null,
          last_error: progress.lastError,
          last_delivered_at: progress.lastDeliveredAt?.toISOString() ?? null,
        };
        const present = query.updateTable('webhooks').set(change).where('id', '=', id);
        const saved = database.all(
          present.where('cursor', '=', from).where('is_enabled', '=', 1).returning('id'),
        );
        if (saved.length > 0) journal.append(events);
        return saved.length > 0;
      });
    },
  };
}

function toWebhook(row: Selectable<WebhookTable>): Webhook {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    kinds: JSON.parse(row.kinds) as string[],
    isEnabled: row.is_enabled === 1,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    cursor: row.cursor,
    attempts: row.attempts,
    nextAttemptAt: date(row.next_attempt_at),
    failingSince: date(row.failing_since),
    lastError: row.last_error,
    lastDeliveredAt: date(row.last_delivered_at),
  };
}

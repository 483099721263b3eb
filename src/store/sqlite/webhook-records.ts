import type { Selectable } from 'kysely';
import type { Webhook } from '../../core/webhook';
import type { WebhookRecords } from '../../ports/webhooks';
import type { Database } from './database';
import { latestLine, type SqliteJournal } from './journal-records';
import type { WebhookTable } from './schema';

/** Webhooks in the database, with how far each has come in the journal. */
export function createWebhookRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): WebhookRecords {
  const { query } = database;
  return {
    async all() {
      const select = query.selectFrom('webhooks').selectAll().orderBy('name');
      return (await database.read(select)).map(toWebhook);
    },

    async find(which) {
      const select = query.selectFrom('webhooks').selectAll();
      const [row] = await database.read(
        'id' in which ? select.where('id', '=', which.id) : select.where('name', '=', which.name),
      );
      return row && { webhook: toWebhook(row), secret: row.secret };
    },

    add({ name, url, kinds, createdAt, createdBy }, secret, events, maxWebhooks) {
      return database.transact(() => {
        const others = query.selectFrom('webhooks').select('id').limit(maxWebhooks);
        if (database.all(others).length >= maxWebhooks) return 'too-many';
        const [row] = database.all(
          query
            .insertInto('webhooks')
            .values({
              name,
              url,
              kinds: JSON.stringify(kinds),
              secret,
              is_enabled: 1,
              created_at: createdAt.toISOString(),
              created_by: createdBy,
              cursor: latestLine(database),
              attempts: 0,
            })
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returningAll(),
        );
        if (row === undefined) return 'name-in-use';
        journal.append(events);
        return toWebhook(row);
      });
    },

    setEnabled(name, isEnabled, events) {
      return database.transact(() => {
        const change = {
          is_enabled: isEnabled ? 1 : 0,
          ...(isEnabled ? { cursor: latestLine(database) } : {}),
          attempts: 0,
          next_attempt_at: null,
          failing_since: null,
          last_error: null,
        };
        const named = query.updateTable('webhooks').set(change).where('name', '=', name);
        const [turned] = database.all(named.where('is_enabled', '!=', change.is_enabled).returningAll());
        if (turned !== undefined) {
          journal.append(events);
          return toWebhook(turned);
        }
        const [row] = database.all(query.selectFrom('webhooks').selectAll().where('name', '=', name));
        return row && toWebhook(row);
      });
    },

    remove(name, events) {
      return database.transact(() => {
        const named = query.deleteFrom('webhooks').where('name', '=', name);
        const isRemoved = database.all(named.returning('id')).length > 0;
        if (isRemoved) journal.append(events);
        return isRemoved;
      });
    },

    saveProgress(from, progress, events) {
      return database.transact(() => {
        const change = {
          cursor: progress.cursor,
          attempts: progress.attempts,
          next_attempt_at: progress.nextAttemptAt?.toISOString() ?? null,
          failing_since: progress.failingSince?.toISOString() ?? null,
          last_error: progress.lastError,
          last_delivered_at: progress.lastDeliveredAt?.toISOString() ?? null,
        };
        const unchanged = query
          .updateTable('webhooks')
          .set(change)
          .where('id', '=', from.id)
          .where('cursor', '=', from.cursor)
          .where('attempts', '=', from.attempts)
          .where('is_enabled', '=', 1);
        const isSaved = database.all(unchanged.returning('id')).length > 0;
        if (isSaved) journal.append(events);
        return isSaved;
      });
    },

    passOver(id, from, to) {
      return database.transact(() => {
        const present = query.updateTable('webhooks').set({ cursor: to }).where('id', '=', id);
        database.all(present.where('cursor', '=', from).where('is_enabled', '=', 1));
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

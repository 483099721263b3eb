import type { Selectable } from 'kysely';
import type { NewEvent } from '../../core/event';
import type { Webhook } from '../../core/webhook';
import type { WebhookRecords } from '../../ports/webhooks';
import type { Database } from './database';
import { latestLine, type SqliteJournal } from './journal-records';
import type { WebhookTable } from '../rows/schema';
import { toWebhook, toWebhookRow } from '../rows/webhook-rows';

/** Webhooks in the database, with their position in the journal. */
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

    add(webhook, secret, events, maxWebhooks) {
      return database.transact(() => {
        const others = query.selectFrom('webhooks').select('id').limit(maxWebhooks);
        if (database.all(others).length >= maxWebhooks) return 'too-many';
        const [row] = database.all(
          query
            .insertInto('webhooks')
            .values(toWebhookRow(webhook, secret, latestLine(database)))
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returningAll(),
        );
        if (row === undefined) return 'name-in-use';
        journal.append(events);
        return toWebhook(row);
      });
    },

    setEnabled(name, isEnabled, at, events) {
      const beginning = () => ({ cursor: latestLine(database), last_error: null });
      return change(name, 'is_enabled', isEnabled, events, {
        more: () => (isEnabled ? beginning() : { last_error: null }),
        after: (id) => skipWaiting(id, at),
      });
    },

    setInOrder(name, inOrder, events) {
      return change(name, 'in_order', inOrder, events);
    },

    remove(name, at, events) {
      return database.transact(() => {
        const [row] = database.all(query.deleteFrom('webhooks').where('name', '=', name).returning('id'));
        if (row === undefined) return false;
        skipWaiting(row.id, at);
        journal.append(events);
        return true;
      });
    },
  };

  interface Also {
    readonly more?: () => Partial<Selectable<WebhookTable>>;
    readonly after?: (id: number) => void;
  }

  /** If it already is in that state, nothing changes and nothing is written to the journal. */
  function change(
    name: string,
    column: 'is_enabled' | 'in_order',
    isOn: boolean,
    events: readonly NewEvent[],
    { more = () => ({}), after = () => undefined }: Also = {},
  ): Promise<Webhook | undefined> {
    return database.transact(() => {
      const value = isOn ? 1 : 0;
      const named = query
        .updateTable('webhooks')
        .set({ ...more(), [column]: value })
        .where('name', '=', name);
      const [changed] = database.all(named.where(column, '!=', value).returningAll());
      if (changed !== undefined) {
        after(changed.id);
        journal.append(events);
        return toWebhook(changed);
      }
      const [row] = database.all(query.selectFrom('webhooks').selectAll().where('name', '=', name));
      return row && toWebhook(row);
    });
  }

  function skipWaiting(id: number, at: Date): void {
    const ended = { state: 'skipped', next_attempt_at: null, ended_at: at.toISOString() } as const;
    const ofIt = query.updateTable('webhook_deliveries').set(ended).where('webhook', '=', id);
    database.all(ofIt.where('state', '=', 'waiting'));
  }
}

import type { NewEvent } from '../../core/event';
import type { Webhook } from '../../core/webhook';
import type { WebhookRecords } from '../../ports/webhooks';
import type { WebhookTable } from '../rows/schema';
import { toWebhook, toWebhookRow } from '../rows/webhook-rows';
import type { Database } from './database';
import { latestLine, type PostgresJournal } from './journal-records';
import { query } from './queries';
import type { Transaction } from './writer';

/** Webhooks in the database, with their position in the journal. */
export function createWebhookRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): WebhookRecords {
  return {
    async all() {
      return (await database.all(query.selectFrom('webhooks').selectAll().orderBy('name'))).map(toWebhook);
    },

    async find(which) {
      const select = query.selectFrom('webhooks').selectAll();
      const [row] = await database.all(
        'id' in which ? select.where('id', '=', which.id) : select.where('name', '=', which.name),
      );
      return row && { webhook: toWebhook(row), secret: row.secret };
    },

    add(webhook, secret, events, maxWebhooks) {
      return database.transact(async (transaction) => {
        const others = query.selectFrom('webhooks').select('id').limit(maxWebhooks);
        if ((await transaction.all(others)).length >= maxWebhooks) return 'too-many';
        const made = toWebhookRow(webhook, secret, await latestLine(transaction));
        const insert = query.insertInto('webhooks').values(made);
        const [row] = await transaction.all(
          insert.onConflict((conflict) => conflict.column('name').doNothing()).returningAll(),
        );
        if (row === undefined) return 'name-in-use';
        await journal.append(transaction, events);
        return toWebhook(row);
      });
    },

    setEnabled(name, isEnabled, at, events) {
      return change(name, 'is_enabled', isEnabled, events, {
        more: async (transaction) => ({
          last_error: null,
          ...(isEnabled ? { cursor: await latestLine(transaction) } : {}),
        }),
        after: (transaction, id) => skipWaiting(transaction, id, at),
      });
    },

    setInOrder: (name, inOrder, events) => change(name, 'in_order', inOrder, events),

    remove(name, at, events) {
      return database.transact(async (transaction) => {
        const [row] = await transaction.all(
          query.deleteFrom('webhooks').where('name', '=', name).returning('id'),
        );
        if (row === undefined) return false;
        await skipWaiting(transaction, row.id, at);
        await journal.append(transaction, events);
        return true;
      });
    },
  };

  interface Also {
    readonly more?: (
      transaction: Transaction,
    ) => Promise<Partial<Pick<WebhookTable, 'cursor' | 'last_error'>>>;
    readonly after?: (transaction: Transaction, id: number) => Promise<void>;
  }

  /** If it already is in that state, nothing changes and nothing is written to the journal. */
  function change(
    name: string,
    column: 'is_enabled' | 'in_order',
    isOn: boolean,
    events: readonly NewEvent[],
    { more, after }: Also = {},
  ): Promise<Webhook | undefined> {
    return database.transact(async (transaction) => {
      const value = isOn ? 1 : 0;
      const named = query
        .updateTable('webhooks')
        .set({ ...(await more?.(transaction)), [column]: value })
        .where('name', '=', name);
      const [changed] = await transaction.all(named.where(column, '!=', value).returningAll());
      if (changed !== undefined) {
        await after?.(transaction, changed.id);
        await journal.append(transaction, events);
        return toWebhook(changed);
      }
      const [row] = await transaction.all(query.selectFrom('webhooks').selectAll().where('name', '=', name));
      return row && toWebhook(row);
    });
  }
}

async function skipWaiting(transaction: Transaction, id: number, at: Date): Promise<void> {
  const ended = { state: 'skipped', next_attempt_at: null, ended_at: at.toISOString() } as const;
  const ofIt = query.updateTable('webhook_deliveries').set(ended).where('webhook', '=', id);
  await transaction.all(ofIt.where('state', '=', 'waiting'));
}

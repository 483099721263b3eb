import type { WebhookDeliveries } from '../../ports/webhook-deliveries';
import { toWaitingAgain } from '../rows/webhook-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';
import type { Transaction } from './writer';

/** Puts deliveries back in the queue. */
export function createReplays(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): Pick<WebhookDeliveries, 'replay' | 'replayGivenUp'> {
  return {
    replay(webhookId, eventId, { at, room, line }) {
      return database.transact(async (transaction) => {
        if (await isOff(transaction, webhookId)) return 'off';
        const select = query
          .selectFrom('webhook_deliveries')
          .select('state')
          .where('webhook', '=', webhookId);
        const [delivery] = await transaction.all(select.where('event', '=', eventId));
        if (delivery === undefined) return 'no-delivery';
        const event = query.selectFrom('events').select('id').where('id', '=', eventId);
        if ((await transaction.all(event)).length === 0) return 'no-event';
        if (delivery.state !== 'waiting' && (await countWaiting(transaction, webhookId)) >= room)
          return 'full';
        await transaction.all(again(webhookId, at).where('event', '=', eventId));
        await journal.append(transaction, [line(1)]);
        return 'replayed';
      });
    },

    replayGivenUp(webhookId, { at, room, line }) {
      return database.transact(async (transaction) => {
        if (await isOff(transaction, webhookId)) return 'off';
        const free = Math.max(0, room - (await countWaiting(transaction, webhookId)));
        const givenUp = query
          .selectFrom('webhook_deliveries as d')
          .innerJoin('events as e', 'e.id', 'd.event')
          .select('d.event')
          .where('d.webhook', '=', webhookId)
          .where('d.state', '=', 'gave-up')
          .orderBy('d.event');
        const changed = again(webhookId, at).where('event', 'in', givenUp.limit(free));
        const replayed = (await transaction.all(changed.returning('event'))).length;
        if (replayed > 0) await journal.append(transaction, [line(replayed)]);
        return { replayed, isMore: (await transaction.all(givenUp.limit(1))).length > 0 };
      });
    },
  };
}

/** How many deliveries wait for a webhook. */
export async function countWaiting(transaction: Transaction, webhookId: number): Promise<number> {
  const waiting = query
    .selectFrom('webhook_deliveries')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('webhook', '=', webhookId)
    .where('state', '=', 'waiting');
  return (await transaction.all(waiting))[0]?.waiting ?? 0;
}

async function isOff(transaction: Transaction, id: number): Promise<boolean> {
  const select = query.selectFrom('webhooks').select('id').where('id', '=', id);
  return (await transaction.all(select.where('is_enabled', '=', 1))).length === 0;
}

function again(webhookId: number, at: Date) {
  return query.updateTable('webhook_deliveries').set(toWaitingAgain(at)).where('webhook', '=', webhookId);
}

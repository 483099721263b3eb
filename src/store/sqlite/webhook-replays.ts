import type { WebhookDeliveries } from '../../ports/webhook-deliveries';
import { toWaitingAgain } from '../rows/webhook-rows';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { countWaiting } from './count-waiting';

/** Puts deliveries back in the queue. */
export function createReplays(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): Pick<WebhookDeliveries, 'replay' | 'replayGivenUp'> {
  const { query } = database;

  function isOff(id: number): boolean {
    const select = query.selectFrom('webhooks').select('id').where('id', '=', id);
    return database.all(select.where('is_enabled', '=', 1)).length === 0;
  }

  const again = (webhookId: number, at: Date) =>
    query.updateTable('webhook_deliveries').set(toWaitingAgain(at)).where('webhook', '=', webhookId);

  return {
    replay(webhookId, eventId, { at, room, line }) {
      return database.transact(() => {
        if (isOff(webhookId)) return 'off';
        const select = query
          .selectFrom('webhook_deliveries')
          .select('state')
          .where('webhook', '=', webhookId);
        const [delivery] = database.all(select.where('event', '=', eventId));
        if (delivery === undefined) return 'no-delivery';
        if (database.all(query.selectFrom('events').select('id').where('id', '=', eventId)).length === 0)
          return 'no-event';
        if (delivery.state !== 'waiting' && countWaiting(database, webhookId) >= room) return 'full';
        database.all(again(webhookId, at).where('event', '=', eventId));
        journal.append([line(1)]);
        return 'replayed';
      });
    },

    replayGivenUp(webhookId, { at, room, line }) {
      return database.transact(() => {
        if (isOff(webhookId)) return 'off';
        const free = Math.max(0, room - countWaiting(database, webhookId));
        const givenUp = query
          .selectFrom('webhook_deliveries as d')
          .innerJoin('events as e', 'e.id', 'd.event')
          .select('d.event')
          .where('d.webhook', '=', webhookId)
          .where('d.state', '=', 'gave-up')
          .orderBy('d.event');
        const changed = again(webhookId, at).where('event', 'in', givenUp.limit(free));
        const replayed = database.all(changed.returning('event')).length;
        if (replayed > 0) journal.append([line(replayed)]);
        return { replayed, isMore: database.all(givenUp.limit(1)).length > 0 };
      });
    },
  };
}

import { sql, type SqlBool } from 'kysely';
import { farAheadMs } from '../../core/webhook';
import type { WebhookDeliveries } from '../../ports/webhook-deliveries';
import { countWaiting } from './count-waiting';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { webhookQueues } from './webhook-queues';
import { createReplays } from './webhook-replays';
import { toEvent } from '../rows/event-rows';
import { toWebhook, toDelivery, toProgressColumns, toReceiverColumns } from '../rows/webhook-rows';

/** Written as in the index of waiting deliveries: with a parameter SQLite would not use it. */
const isWaiting = sql<SqlBool>`state = 'waiting'`;

/** The deliveries of webhooks in the database. */
export function createWebhookDeliveries(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): WebhookDeliveries {
  const { query } = database;
  const deliveries = () => query.selectFrom('webhook_deliveries');

  return {
    ...createReplays(database, journal),

    queue({ webhookId, from, to, eventIds }, room, at) {
      return database.transact(() => {
        const here = query.selectFrom('webhooks').select('id').where('id', '=', webhookId);
        if (database.all(here.where('cursor', '=', from).where('is_enabled', '=', 1)).length === 0)
          return undefined;
        const free = Math.max(0, room - countWaiting(database, webhookId));
        const taken = eventIds.slice(0, free);
        const isWhole = taken.length === eventIds.length;
        const cursor = isWhole ? to : (taken.at(-1) ?? from);
        if (cursor !== from)
          database.all(query.updateTable('webhooks').set({ cursor }).where('id', '=', webhookId));
        for (const event of taken) {
          const row = { webhook: webhookId, event, attempts: 0, next_attempt_at: at.toISOString() };
          const insert = query.insertInto('webhook_deliveries').values({ ...row, state: 'waiting' });
          database.all(insert.onConflict((conflict) => conflict.doNothing()));
        }
        return { cursor, isWhole };
      });
    },

    async due({ id, inOrder }, at, limit) {
      const waiting = deliveries().select(['event', 'attempts']).where('webhook', '=', id).where(isWaiting);
      const first = deliveries()
        .select(({ fn }) => fn.min('event').as('event'))
        .where('webhook', '=', id);
      const from = inOrder ? waiting.where('event', '=', first.where('state', '=', 'waiting')) : waiting;
      const sorted = from.orderBy('next_attempt_at').orderBy('event');
      const ready = await database.read(sorted.where('next_attempt_at', '<=', at.toISOString()).limit(limit));
      const farAhead = new Date(at.getTime() + farAheadMs).toISOString();
      const left = limit - ready.length;
      const misplaced =
        left === 0 ? [] : await database.read(sorted.where('next_attempt_at', '>', farAhead).limit(left));
      return [...ready, ...misplaced].map(({ event, attempts }) => ({
        webhookId: id,
        eventId: event,
        attempts,
      }));
    },

    open({ webhookId, eventId, attempts }) {
      return Promise.resolve().then(() => {
        const [row] = database.all(
          deliveries()
            .selectAll()
            .where('webhook', '=', webhookId)
            .where('event', '=', eventId)
            .where('attempts', '=', attempts)
            .where('state', '=', 'waiting'),
        );
        if (row === undefined) return undefined;
        const ofIt = query.selectFrom('webhooks').selectAll().where('id', '=', webhookId);
        const [webhook] = database.all(ofIt.where('is_enabled', '=', 1));
        if (webhook === undefined) return undefined;
        const [line] = database.all(query.selectFrom('events').selectAll().where('id', '=', eventId));
        const delivery = toDelivery({ ...row, kind: line?.kind ?? null, at: line?.at ?? null });
        const event = line && toEvent(line);
        return { webhook: toWebhook(webhook), secret: webhook.secret, delivery, event };
      });
    },

    letGo: () => Promise.resolve(),

    save({ webhookId, eventId, attempts }, progress, events) {
      return database.transact(() => {
        const changed = query
          .updateTable('webhook_deliveries')
          .set(toProgressColumns(progress))
          .where('webhook', '=', webhookId)
          .where('event', '=', eventId)
          .where('attempts', '=', attempts)
          .where('state', '=', 'waiting')
          .returning('event');
        if (database.all(changed).length === 0) return false;
        const ofReceiver = toReceiverColumns(progress);
        database.all(query.updateTable('webhooks').set(ofReceiver).where('id', '=', webhookId));
        journal.append(events);
        return true;
      });
    },

    async page(webhookId, { state, limit, beforeEvent = Number.MAX_SAFE_INTEGER }) {
      const ofIt = deliveries()
        .leftJoin('events', 'events.id', 'webhook_deliveries.event')
        .selectAll('webhook_deliveries')
        .select(['events.kind', 'events.at'])
        .where('webhook', '=', webhookId)
        .where('event', '<', beforeEvent);
      const wanted = state === undefined ? ofIt : ofIt.where('state', '=', state);
      const rows = await database.search(wanted.orderBy('event', 'desc').limit(limit));
      return {
        deliveries: rows.map(toDelivery),
        nextBefore: rows.length < limit ? null : (rows.at(-1)?.event ?? null),
      };
    },

    queues: () => webhookQueues(database),

    prune(before, limit) {
      return database.transact(() => {
        const old = deliveries()
          .select(['webhook', 'event'])
          .where('ended_at', 'is not', null)
          .where('ended_at', '<', before.toISOString())
          .orderBy('ended_at')
          .limit(limit);
        const remove = sql<{ readonly event: number }>`
          DELETE FROM webhook_deliveries WHERE (webhook, event) IN (${old}) RETURNING event`;
        return database.all(remove.compile(query)).length;
      });
    },
  };
}

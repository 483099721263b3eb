import { sql } from 'kysely';
import { farAheadMs } from '../../core/webhook';
import type { WebhookDeliveries } from '../../ports/webhook-deliveries';
import { toEvent } from '../rows/event-rows';
import {
  type QueueRow,
  toDelivery,
  toProgressColumns,
  toReceiverColumns,
  toQueue,
  toWebhook,
} from '../rows/webhook-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';
import { isFree, WebhookLeases } from './webhook-leases';
import { countWaiting, createReplays } from './webhook-replays';

const deliveries = () => query.selectFrom('webhook_deliveries');

/** The deliveries of webhooks in the database. */
export function createWebhookDeliveries(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): WebhookDeliveries {
  const leases = new WebhookLeases();
  return {
    ...createReplays(database, journal),

    queue({ webhookId, from, to, eventIds }, room, at) {
      return database.transact(async (transaction) => {
        const here = query.selectFrom('webhooks').select('id').where('id', '=', webhookId);
        const isHere = here.where('cursor', '=', from).where('is_enabled', '=', 1);
        if ((await transaction.all(isHere)).length === 0) return undefined;
        const free = Math.max(0, room - (await countWaiting(transaction, webhookId)));
        const taken = eventIds.slice(0, free);
        const isWhole = taken.length === eventIds.length;
        const cursor = isWhole ? to : (taken.at(-1) ?? from);
        if (cursor !== from)
          await transaction.all(query.updateTable('webhooks').set({ cursor }).where('id', '=', webhookId));
        if (taken.length > 0) {
          const row = {
            webhook: webhookId,
            attempts: 0,
            next_attempt_at: at.toISOString(),
            state: 'waiting',
          } as const;
          const insert = query
            .insertInto('webhook_deliveries')
            .values(taken.map((event) => ({ ...row, event })));
          await transaction.all(insert.onConflict((conflict) => conflict.doNothing()));
        }
        return { cursor, isWhole };
      });
    },

    async due({ id, inOrder }, at, limit) {
      const farAhead = new Date(at.getTime() + farAheadMs).toISOString();
      const now = at.toISOString();
      const waiting = deliveries()
        .select(['event', 'attempts'])
        .where('webhook', '=', id)
        .where('state', '=', 'waiting')
        .where(isFree)
        .where((eb) => eb.or([eb('next_attempt_at', '<=', now), eb('next_attempt_at', '>', farAhead)]));
      const first = deliveries()
        .select(({ fn }) => fn.min('event').as('event'))
        .where('webhook', '=', id)
        .where('state', '=', 'waiting');
      const from = inOrder ? waiting.where('event', '=', first) : waiting;
      const rows = await database.all(from.orderBy('next_attempt_at').orderBy('event').limit(limit));
      return rows.map(({ event, attempts }) => ({ webhookId: id, eventId: event, attempts }));
    },

    open(place) {
      const { webhookId, eventId, attempts } = place;
      return database.transact(async (transaction) => {
        const [row] = await transaction.all(
          deliveries()
            .selectAll()
            .where('webhook', '=', webhookId)
            .where('event', '=', eventId)
            .where('attempts', '=', attempts)
            .where('state', '=', 'waiting'),
        );
        if (row === undefined) return undefined;
        const ofIt = query.selectFrom('webhooks').selectAll().where('id', '=', webhookId);
        const [webhook] = await transaction.all(ofIt.where('is_enabled', '=', 1));
        if (webhook === undefined) return undefined;
        if (!(await leases.take(transaction, place))) return undefined;
        const [line] = await transaction.all(
          query.selectFrom('events').selectAll().where('id', '=', eventId),
        );
        const delivery = toDelivery({ ...row, kind: line?.kind ?? null, at: line?.at ?? null });
        return {
          webhook: toWebhook(webhook),
          secret: webhook.secret,
          delivery,
          event: line && toEvent(line),
        };
      });
    },

    letGo: (place) => database.transact((transaction) => leases.end(transaction, place)),

    save(place, progress, events) {
      const { webhookId, eventId, attempts } = place;
      return database.transact(async (transaction) => {
        await leases.end(transaction, place);
        const changed = query
          .updateTable('webhook_deliveries')
          .set(toProgressColumns(progress))
          .where('webhook', '=', webhookId)
          .where('event', '=', eventId)
          .where('attempts', '=', attempts)
          .where('state', '=', 'waiting')
          .returning('event');
        if ((await transaction.all(changed)).length === 0) return false;
        const ofReceiver = toReceiverColumns(progress);
        await transaction.all(query.updateTable('webhooks').set(ofReceiver).where('id', '=', webhookId));
        await journal.append(transaction, events);
        return true;
      });
    },

    async page(webhookId, { state, limit, beforeEvent }) {
      let select = deliveries()
        .leftJoin('events', 'events.id', 'webhook_deliveries.event')
        .selectAll('webhook_deliveries')
        .select(['events.kind', 'events.at'])
        .where('webhook', '=', webhookId);
      if (beforeEvent !== undefined) select = select.where('event', '<', beforeEvent);
      if (state !== undefined) select = select.where('state', '=', state);
      const rows = await database.all(select.orderBy('event', 'desc').limit(limit));
      return {
        deliveries: rows.map(toDelivery),
        nextBefore: rows.length < limit ? null : (rows.at(-1)?.event ?? null),
      };
    },

    async queues() {
      const select = sql<QueueRow>`
        SELECT * FROM (
          SELECT webhook, attempts, next_attempt_at, failing_since, last_error,
            count(*) OVER (PARTITION BY webhook) AS waiting,
            count(failing_since) OVER (PARTITION BY webhook) AS failing,
            row_number() OVER (PARTITION BY webhook ORDER BY failing_since NULLS LAST, event) AS place
          FROM webhook_deliveries WHERE state = 'waiting'
        ) AS placed WHERE place = 1`;
      const rows = await database.all(select.compile(query));
      return new Map(rows.map((row) => [row.webhook, toQueue(row)]));
    },

    prune(before, limit) {
      return database.transact(async (transaction) => {
        const old = deliveries()
          .select(['webhook', 'event'])
          .where('ended_at', '<', before.toISOString())
          .orderBy('ended_at')
          .limit(limit);
        const remove = sql<{ readonly event: number }>`
          DELETE FROM webhook_deliveries WHERE (webhook, event) IN (${old}) RETURNING event`;
        return (await transaction.all(remove.compile(query))).length;
      });
    },
  };
}

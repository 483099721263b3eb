import { type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import { type JournalEvent, type NewEvent, theServer } from '../../core/event';
import type { EventFilter } from '../../core/event-filter';
import { isDecision } from '../../core/restore';
import type { JournalPage, JournalRecords } from '../../ports/journal';
import { toEvent, toEventRow } from '../rows/event-rows';
import type { Schema } from '../rows/schema';
import { eventColumns } from './columns';
import type { Database } from './database';
import type { Transaction } from './writer';
import { prepared, query } from './queries';

type JournalListener = Parameters<JournalRecords['listen']>[0];

/** The journal in the database. Lines are added in the same transaction as the change that they describe. */
export class PostgresJournal implements JournalRecords {
  readonly #listeners = new Set<JournalListener>();

  constructor(private readonly database: Database) {}

  /** Adds lines to a transaction; listeners hear of them once it is committed. */
  async append(transaction: Transaction, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const insert = query.insertInto('events').values(events.map(toEventRow)).returning(eventColumns);
    const rows = await transaction.all(events.length === 1 ? prepared(insert) : insert);
    const added = rows.map(toEvent).sort((a, b) => a.id - b.id);
    const decision = added.filter(isDecision).at(-1)?.id;
    if (decision !== undefined)
      await transaction.all(query.updateTable('database_identity').set({ decision }));
    for (const listener of this.#listeners) {
      transaction.afterCommit(() => {
        if (this.#listeners.has(listener)) listener(added);
      });
    }
  }

  record(events: readonly NewEvent[]): Promise<void> {
    return this.database.transact((transaction) => this.append(transaction, events));
  }

  async search(
    filter: EventFilter,
    page: { readonly limit: number; readonly beforeId?: number; readonly afterId?: number },
  ): Promise<JournalPage> {
    const { limit, beforeId, afterId } = page;
    let select = query
      .selectFrom('events')
      .selectAll()
      .where((eb) => matches(eb, filter));
    if (beforeId !== undefined) select = select.where('id', '<', beforeId);
    if (afterId !== undefined) select = select.where('id', '>', afterId);
    const rows = await this.database.all(select.orderBy('id', 'desc').limit(limit));
    const nextBefore = rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
    return { events: rows.map(toEvent), nextBefore, searchedUntil: null };
  }

  async after(afterId: number, limit: number): Promise<readonly JournalEvent[]> {
    const select = query.selectFrom('events').selectAll().where('id', '>', afterId);
    return (await this.database.all(select.orderBy('id').limit(limit))).map(toEvent);
  }

  async lastId(): Promise<number> {
    const select = query.selectFrom('events').select(({ fn }) => fn.max('id').as('id'));
    return (await this.database.all(select))[0]?.id ?? 0;
  }

  async lastAt(): Promise<Date | null> {
    const select = query.selectFrom('events').select('at').orderBy('id', 'desc').limit(1);
    const [row] = await this.database.all(select);
    return row === undefined ? null : new Date(row.at);
  }

  prune(before: Date, limit: number): Promise<number> {
    return this.database.transact(async (transaction) => {
      const old = query
        .selectFrom('events')
        .select('id')
        .where('at', '<', before.toISOString())
        .where((eb) => eb.or([eb('actor', 'like', 'device:%'), eb('actor', '=', theServer.name)]))
        .orderBy('id')
        .limit(limit);
      const removed = await transaction.all(
        query.deleteFrom('events').where('id', 'in', old).returning('id'),
      );
      return removed.length;
    });
  }

  /** A listener that throws does not stop the others. */
  listen(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * The id of the latest line, even if that was pruned; 0 before the first. Only within a transaction is it certain that no
 * other follows.
 */
export async function latestLine(transaction: Transaction): Promise<number> {
  const select = sql<{ readonly id: number }>`
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM events_id_seq`;
  return (await transaction.all(select.compile(query)))[0]?.id ?? 0;
}

function matches(eb: ExpressionBuilder<Schema, 'events'>, filter: EventFilter) {
  const { since, until, kinds = [], isByPeople } = filter;
  const equal = [
    ['device', filter.deviceId],
    ['compatible', filter.compatible],
    ['channel', filter.channel],
    ['bundle', filter.bundleName],
    ['release_id', filter.releaseId],
    ['installation_id', filter.installationId],
    ['actor', filter.actor],
  ] as const;
  return eb.and([
    ...equal.flatMap(([column, value]) => (value === undefined ? [] : [eb(column, '=', value)])),
    ...(since === undefined ? [] : [eb('at', '>=', since.toISOString())]),
    ...(until === undefined ? [] : [eb('at', '<', until.toISOString())]),
    ...(isByPeople === true ? [sql<SqlBool>`actor NOT LIKE 'device:%' AND actor <> 'server'`] : []),
    ...(kinds.length === 0 ? [] : [eb.or(kinds.map((kind) => isOfKind(eb, kind)))]),
  ]);
}

/** A kind that ends with a period stands for all kinds that begin with it. */
function isOfKind(eb: ExpressionBuilder<Schema, 'events'>, kind: string) {
  return kind.endsWith('.') ? eb(sql<boolean>`starts_with(kind, ${kind})`, '=', true) : eb('kind', '=', kind);
}

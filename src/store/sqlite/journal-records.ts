import { type Selectable, sql } from 'kysely';
import { type JournalEvent, type NewEvent, theServer } from '../../core/event';
import type { EventFilter } from '../../core/event-filter';
import { isDecision } from '../../core/restore';
import type { JournalPage, JournalRecords } from '../../ports/journal';
import type { Database } from './database';
import { idsOfTime } from './journal-blocks';
import { journalLines } from './journal-filter';
import { type BackPage, lookBack } from './look-back';
import type { EventTable } from '../rows/schema';
import { toEventRow, toEvent } from '../rows/event-rows';

type EventRow = Selectable<EventTable>;

type JournalListener = Parameters<JournalRecords['listen']>[0];

/** The journal in the database. Lines are added in the same transaction as the change that they describe. */
export class SqliteJournal implements JournalRecords {
  readonly #listeners = new Set<JournalListener>();

  constructor(private readonly database: Database) {}

  /** Adds lines to the running transaction; listeners hear of them once it is on disk. */
  append(events: readonly NewEvent[]): void {
    if (events.length === 0) return;
    const { database } = this;
    const { query } = database;
    const added = events.map((event) => {
      const [row] = database.all(query.insertInto('events').values(toEventRow(event)).returningAll());
      if (row === undefined) throw new Error('the journal took no line');
      return toEvent(row);
    });
    const decision = added.filter(isDecision).at(-1)?.id;
    if (decision !== undefined) database.all(query.updateTable('database_identity').set({ decision }));
    for (const listener of this.#listeners) {
      database.afterSync(() => {
        if (this.#listeners.has(listener)) listener(added);
      });
    }
  }

  record(events: readonly NewEvent[]): Promise<void> {
    return this.database.transact(() => this.append(events));
  }

  async search(
    filter: EventFilter,
    { afterId, ...page }: BackPage & { readonly afterId?: number },
  ): Promise<JournalPage> {
    const lines = await journalLines(this.database, filter, afterId);
    const { rows, nextBefore, isCut } = await lookBack<EventRow>(this.database, 'events', lines, page);
    return {
      events: rows.map(toEvent),
      nextBefore,
      searchedUntil: isCut && nextBefore !== null ? await this.#timeOf(nextBefore) : null,
    };
  }

  async after(afterId: number, limit: number): Promise<readonly JournalEvent[]> {
    const { database } = this;
    const select = database.query.selectFrom('events').selectAll().where('id', '>', afterId);
    return (await database.search(select.orderBy('id').limit(limit))).map(toEvent);
  }

  async lastId(): Promise<number> {
    const { query } = this.database;
    const [row] = await this.database.read(
      query.selectFrom('events').select(({ fn }) => fn.max('id').as('id')),
    );
    return row?.id ?? 0;
  }

  async lastAt(): Promise<Date | null> {
    const { database } = this;
    const select = database.query.selectFrom('events').select('at').orderBy('id', 'desc').limit(1);
    const [row] = await database.read(select);
    return row === undefined ? null : new Date(row.at);
  }

  prune(before: Date, limit: number): Promise<number> {
    const { database } = this;
    const { query } = database;
    return database.transact(() => {
      const ids = idsOfTime(database, { until: before });
      if (ids === undefined) return 0;
      const old = query
        .selectFrom('events')
        .select('id')
        .where('id', '<', ids.beforeId)
        .where('at', '<', before.toISOString())
        .where((eb) => eb.or([eb('actor', 'like', 'device:%'), eb('actor', '=', theServer.name)]))
        .orderBy('id')
        .limit(limit);
      return database.all(query.deleteFrom('events').where('id', 'in', old).returning('id')).length;
    });
  }

  /** A listener that throws does not stop the others. */
  listen(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #timeOf(id: number): Promise<Date | null> {
    const { query } = this.database;
    const [line] = await this.database.read(query.selectFrom('events').select('at').where('id', '=', id));
    return line === undefined ? null : new Date(line.at);
  }
}

/** The id of the latest line, even if that was pruned, as seen by the running transaction; 0 before the first. */
export function latestLine(database: Database): number {
  const select = sql<{ readonly seq: number }>`SELECT seq FROM sqlite_sequence WHERE name = 'events'`;
  return database.all(select.compile(database.query))[0]?.seq ?? 0;
}

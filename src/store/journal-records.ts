import type { Selectable, SelectQueryBuilder } from 'kysely';
import { type EventKind, type JournalEvent, type NewEvent, theServer } from '../core/event';
import { isDecision } from '../core/restore';
import type { Database } from './database';
import type { EventTable, Schema } from './schema';

export type JournalListener = (events: readonly JournalEvent[]) => void;

export type JournalRecords = ReturnType<typeof createJournalRecords>;

/** The journal in the database. Lines are added in the same transaction as what they tell. */
export function createJournalRecords(database: Database) {
  const { query } = database;
  const listeners = new Set<JournalListener>();

  function append(events: readonly NewEvent[]): void {
    if (events.length === 0) return;
    const added = events.map((event) => {
      const [row] = database.all(query.insertInto('events').values(toRow(event)).returningAll());
      if (row === undefined) throw new Error('the journal took no line');
      return toEvent(row);
    });
    const decision = added.filter(isDecision).at(-1)?.id;
    if (decision !== undefined) database.all(query.updateTable('database_identity').set({ decision }));
    for (const listener of listeners) {
      database.afterCommit(() => {
        if (listeners.has(listener)) listener(added);
      });
    }
  }

  return {
    /** Adds lines to the transaction that is running; listeners hear of them when it is committed. */
    append,

    /** Adds lines that belong to no other change. */
    record: (events: readonly NewEvent[]): Promise<void> => database.transact(() => append(events)),

    /** Newest first. */
    list(filter: Filter, { limit, beforeId }: { readonly limit: number; readonly beforeId?: number }) {
      const select = filtered(query.selectFrom('events'), filter)
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit);
      return database.all(beforeId === undefined ? select : select.where('id', '<', beforeId)).map(toEvent);
    },

    /** Oldest first. */
    after(filter: Filter, { limit, afterId }: { readonly limit: number; readonly afterId: number }) {
      const select = filtered(query.selectFrom('events'), filter).selectAll().where('id', '>', afterId);
      return database.all(select.orderBy('id').limit(limit)).map(toEvent);
    },

    lastId(): number {
      const [row] = database.all(query.selectFrom('events').select(({ fn }) => fn.max('id').as('id')));
      return row?.id ?? 0;
    },

    /** Removes old lines about what devices and the server did; people's decisions stay. */
    prune(before: Date, limit: number): Promise<number> {
      return database.transact(() => {
        const old = query
          .selectFrom('events')
          .select('id')
          .where('at', '<', before.toISOString())
          .where((eb) => eb.or([eb('actor', 'like', 'device:%'), eb('actor', '=', theServer.name)]))
          .orderBy('id')
          .limit(limit);
        return database.all(query.deleteFrom('events').where('id', 'in', old).returning('id')).length;
      });
    },

    /** One that throws keeps nobody else from hearing. @returns what ends it */
    listen(listener: JournalListener): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface Filter {
  readonly kinds?: readonly string[];
  readonly deviceId?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly bundleName?: string;
  readonly releaseId?: number;
  readonly installationId?: number;
  readonly actor?: string;
  readonly since?: Date;
  readonly until?: Date;
}

function filtered(select: SelectQueryBuilder<Schema, 'events', object>, filter: Filter) {
  let found = select;
  const { kinds = [], since, until } = filter;
  if (kinds.length > 0) {
    found = found.where((eb) =>
      eb.or(
        kinds.map((kind) =>
          // The dot is followed by letters, which are all before '/'.
          kind.endsWith('.')
            ? eb.and([eb('kind', '>=', kind), eb('kind', '<', `${kind.slice(0, -1)}/`)])
            : eb('kind', '=', kind),
        ),
      ),
    );
  }
  const equal = [
    ['device', filter.deviceId],
    ['compatible', filter.compatible],
    ['channel', filter.channel],
    ['bundle', filter.bundleName],
    ['release_id', filter.releaseId],
    ['installation_id', filter.installationId],
    ['actor', filter.actor],
  ] as const;
  for (const [column, value] of equal) if (value !== undefined) found = found.where(column, '=', value);
  if (since !== undefined) found = found.where('at', '>=', since.toISOString());
  if (until !== undefined) found = found.where('at', '<', until.toISOString());
  return found;
}

function toRow(event: NewEvent) {
  const { subject = {}, before, after, repeats } = event;
  return {
    at: event.at.toISOString(),
    kind: event.kind,
    actor: event.actor.name,
    address: event.actor.address,
    message: event.message,
    device: subject.deviceId ?? null,
    compatible: subject.compatible ?? null,
    channel: subject.channel ?? null,
    bundle: subject.bundleName ?? null,
    release_id: subject.releaseId ?? null,
    installation_id: subject.installationId ?? null,
    before: before === undefined ? null : JSON.stringify(before),
    after: after === undefined ? null : JSON.stringify(after),
    count: repeats?.count ?? 1,
    first_at: repeats?.firstAt.toISOString() ?? null,
  };
}

export function toEvent(row: Selectable<EventTable>): JournalEvent {
  return {
    id: row.id,
    at: new Date(row.at),
    // What is in the table was a kind when it was written, perhaps by another version.
    kind: row.kind as EventKind,
    actor: { name: row.actor, address: row.address },
    message: row.message,
    subject: {
      deviceId: row.device,
      compatible: row.compatible,
      channel: row.channel,
      bundleName: row.bundle,
      releaseId: row.release_id,
      installationId: row.installation_id,
    },
    before: parse(row.before),
    after: parse(row.after),
    repeats: row.first_at === null ? null : { count: row.count, firstAt: new Date(row.first_at) },
  };
}

function parse(json: string | null): Record<string, unknown> | null {
  return json === null ? null : (JSON.parse(json) as Record<string, unknown>);
}

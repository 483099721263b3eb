import type { Selectable } from 'kysely';
import type { UpSpan } from '../../core/server-clock';
import type { RetentionRecords, UpTimeRecords } from '../../ports/up-time';
import type { Database } from './database';
import type { UpSpanTable } from './schema';

/** The server's uptime, in the database. */
export function createUpTimeRecords(database: Database): UpTimeRecords {
  const { query } = database;
  return {
    async all() {
      return (await database.read(query.selectFrom('up_spans').selectAll().orderBy('id'))).map(toSpan);
    },

    save(spans, removed) {
      return database.transact(() => {
        for (const span of spans) database.all(query.replaceInto('up_spans').values(toRow(span)));
        if (removed.length > 0) database.all(query.deleteFrom('up_spans').where('id', 'in', [...removed]));
      });
    },
  };
}

/** Up to where old data was deleted, in the database. */
export function createRetentionRecords(database: Database): RetentionRecords {
  const { query } = database;
  return {
    async all() {
      const rows = await database.read(query.selectFrom('retention').selectAll());
      return rows.map(({ what, before_at: before, up_ms: upMs }) => ({
        what,
        before: new Date(before),
        upMs,
      }));
    },

    save({ what, before, upMs }) {
      return database.transact(() => {
        const row = { what, before_at: before.toISOString(), up_ms: Math.round(upMs) };
        database.all(query.replaceInto('retention').values(row));
      });
    },
  };
}

function toSpan(row: Selectable<UpSpanTable>): UpSpan {
  return {
    id: row.id,
    fromAt: new Date(row.from_at),
    untilAt: new Date(row.until_at),
    fromUpMs: row.from_up_ms,
    upMs: row.up_ms,
    ageMs: row.age_ms,
    sureAt: row.sure_at === null ? null : new Date(row.sure_at),
    sureUpMs: row.sure_up_ms,
    jumpedByMs: row.jumped_by_ms,
  };
}

function toRow(span: UpSpan): UpSpanTable {
  return {
    id: span.id,
    from_at: span.fromAt.toISOString(),
    until_at: span.untilAt.toISOString(),
    from_up_ms: Math.round(span.fromUpMs),
    up_ms: Math.round(span.upMs),
    age_ms: Math.round(span.ageMs),
    sure_at: span.sureAt?.toISOString() ?? null,
    sure_up_ms: Math.round(span.sureUpMs),
    jumped_by_ms: span.jumpedByMs === null ? null : Math.round(span.jumpedByMs),
  };
}

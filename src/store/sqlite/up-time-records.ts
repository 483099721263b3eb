import type { RetentionRecords, UpTimeRecords } from '../../ports/up-time';
import type { Database } from './database';
import { toSpan, toSpanRow } from '../rows/up-time-rows';

/** The server's uptime, in the database. */
export function createUpTimeRecords(database: Database): UpTimeRecords {
  const { query } = database;
  return {
    async all() {
      return (await database.read(query.selectFrom('up_spans').selectAll().orderBy('id'))).map(toSpan);
    },

    save(spans, removed) {
      return database.transact(() => {
        for (const span of spans) database.all(query.replaceInto('up_spans').values(toSpanRow(span)));
        if (removed.length > 0) database.all(query.deleteFrom('up_spans').where('id', 'in', [...removed]));
      });
    },
  };
}

/** Records in the database up to when old data was deleted. */
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

import type { RetentionRecords, UpTimeRecords } from '../../ports/up-time';
import { toSpan, toSpanRow } from '../rows/up-time-rows';
import type { Database } from './database';
import { query } from './queries';

/** The server's uptime, in the database. */
export function createUpTimeRecords(database: Database): UpTimeRecords {
  return {
    async all() {
      return (await database.all(query.selectFrom('up_spans').selectAll().orderBy('id'))).map(toSpan);
    },

    save(spans, removed) {
      return database.transact(async (transaction) => {
        for (const span of spans) {
          const row = toSpanRow(span);
          const insert = query.insertInto('up_spans').values(row);
          await transaction.all(insert.onConflict((conflict) => conflict.column('id').doUpdateSet(row)));
        }
        if (removed.length > 0)
          await transaction.all(query.deleteFrom('up_spans').where('id', 'in', [...removed]));
      });
    },
  };
}

/** Records in the database up to when old data was deleted. */
export function createRetentionRecords(database: Database): RetentionRecords {
  return {
    async all() {
      const rows = await database.all(query.selectFrom('retention').selectAll());
      return rows.map(({ what, before_at: before, up_ms: upMs }) => ({
        what,
        before: new Date(before),
        upMs,
      }));
    },

    save({ what, before, upMs }) {
      const row = { what, before_at: before.toISOString(), up_ms: Math.round(upMs) };
      return database.transact(async (transaction) => {
        const insert = query.insertInto('retention').values(row);
        await transaction.all(insert.onConflict((conflict) => conflict.column('what').doUpdateSet(row)));
      });
    },
  };
}

import type { AskedNameRecords } from '../../ports/asked-names';
import type { Database } from './database';
import { query } from './queries';

/** The server names that devices asked for. */
export function createAskedNameRecords(database: Database): AskedNameRecords {
  return {
    async all() {
      const rows = await database.all(query.selectFrom('asked_names').selectAll().orderBy('asked_at'));
      return rows.map(({ name, asked_at: askedAt }) => ({ name, askedAt: new Date(askedAt) }));
    },

    save(names, keep) {
      return database.transact(async (transaction) => {
        for (const { name, askedAt } of names) {
          const row = { name, asked_at: askedAt.toISOString() };
          await transaction.all(
            query
              .insertInto('asked_names')
              .values(row)
              .onConflict((conflict) => conflict.column('name').doUpdateSet({ asked_at: row.asked_at })),
          );
        }
        const surplus = query
          .selectFrom('asked_names')
          .select('name')
          .orderBy('asked_at', 'desc')
          .offset(keep);
        await transaction.all(query.deleteFrom('asked_names').where('name', 'in', surplus));
      });
    },
  };
}

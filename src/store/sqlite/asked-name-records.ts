import type { AskedName, AskedNameRecords } from '../../ports/asked-names';
import type { Database } from './database';

/** The server names that devices asked for. */
export function createAskedNameRecords(database: Database): AskedNameRecords {
  const { query } = database;
  return {
    async all(): Promise<readonly AskedName[]> {
      const rows = await database.read(query.selectFrom('asked_names').selectAll().orderBy('asked_at'));
      return rows.map(({ name, asked_at: askedAt }) => ({ name, askedAt: new Date(askedAt) }));
    },

    save(names: readonly AskedName[], keep: number): Promise<void> {
      return database.transact(() => {
        for (const { name, askedAt } of names) {
          const row = { name, asked_at: askedAt.toISOString() };
          database.all(
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
          .limit(-1)
          .offset(keep);
        database.all(query.deleteFrom('asked_names').where('name', 'in', surplus));
      });
    },
  };
}

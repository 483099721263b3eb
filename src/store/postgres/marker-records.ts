import type { MarkerRecords } from '../../ports/legacy';
import type { Database } from './database';
import { query } from './queries';

/** Remembers one-time steps that must not run again. */
export function createMarkerRecords(database: Database): MarkerRecords {
  return {
    async has(name) {
      const select = query.selectFrom('markers').select('name').where('name', '=', name);
      return (await database.all(select)).length > 0;
    },
    set(name, at) {
      return database.transact(async (transaction) => {
        const insert = query.insertInto('markers').values({ name, at: at.toISOString() });
        await transaction.all(insert.onConflict((conflict) => conflict.column('name').doNothing()));
      });
    },
  };
}

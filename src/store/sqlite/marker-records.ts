import type { MarkerRecords } from '../../ports/legacy';
import type { Database } from './database';

/** Remembers one-time steps that must not run again. */
export function createMarkerRecords(database: Database): MarkerRecords {
  const { query } = database;
  return {
    async has(name) {
      const select = query.selectFrom('markers').select('name').where('name', '=', name);
      return (await database.read(select)).length > 0;
    },
    set(name, at) {
      return database.transact(() => {
        database.all(
          query
            .insertInto('markers')
            .values({ name, at: at.toISOString() })
            .onConflict((conflict) => conflict.column('name').doNothing()),
        );
      });
    },
  };
}

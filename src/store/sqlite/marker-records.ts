import type { Database } from './database';

export type MarkerRecords = ReturnType<typeof createMarkerRecords>;

/** Remembers what was done once and must not be done again. */
export function createMarkerRecords(database: Database) {
  const { query } = database;
  return {
    has(name: string): Promise<boolean> {
      return database.transact(
        () => database.all(query.selectFrom('markers').select('name').where('name', '=', name)).length > 0,
      );
    },
    set(name: string, at: Date): Promise<void> {
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

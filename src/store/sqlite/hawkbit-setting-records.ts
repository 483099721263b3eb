import type { HawkbitSettingRecords } from '../../ports/hawkbit-settings';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { toHawkbitSettings } from '../rows/hawkbit-setting-rows';

/** What hawkBit's scripts have configured. */
export function createHawkbitSettingRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): HawkbitSettingRecords {
  const { query } = database;
  return {
    async load() {
      const rows = await database.read(query.selectFrom('hawkbit_settings').select(['name', 'value']));
      return toHawkbitSettings(rows);
    },

    save(change, event) {
      return database.transact(() => {
        for (const [name, value] of Object.entries(change)) {
          const row = { value: JSON.stringify(value) };
          database.all(
            query
              .insertInto('hawkbit_settings')
              .values({ name, ...row })
              .onConflict((conflict) => conflict.column('name').doUpdateSet(row)),
          );
        }
        journal.append([event]);
      });
    },

    watch: () => ({ close: () => Promise.resolve() }),
  };
}

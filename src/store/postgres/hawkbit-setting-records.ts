import { sql } from 'kysely';
import type { HawkbitSettingRecords } from '../../ports/hawkbit-settings';
import { toHawkbitSettings } from '../rows/hawkbit-setting-rows';
import { ChangeWatch, type ChangeWatchOptions } from './change-watch';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';

const channel = 'hawkbit_settings';

/** What hawkBit's scripts have configured. */
export function createHawkbitSettingRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
  watching: ChangeWatchOptions,
): HawkbitSettingRecords {
  return {
    async load() {
      return toHawkbitSettings(await database.all(query.selectFrom('hawkbit_settings').selectAll()));
    },

    save(change, event) {
      return database.transact(async (transaction) => {
        for (const [name, value] of Object.entries(change)) {
          const row = { value: JSON.stringify(value) };
          const insert = query.insertInto('hawkbit_settings').values({ name, ...row });
          await transaction.all(insert.onConflict((conflict) => conflict.column('name').doUpdateSet(row)));
        }
        await transaction.all(sql`SELECT pg_notify(${channel}, '')`.compile(query));
        await journal.append(transaction, [event]);
      });
    },

    watch: (look) => new ChangeWatch(channel, look, watching),
  };
}

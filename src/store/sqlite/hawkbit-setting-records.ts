import { z } from 'zod';
import { noHawkbitSettings } from '../../core/hawkbit-settings';
import type { HawkbitSettingRecords } from '../../ports/hawkbit-settings';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';

/** Values as they are stored. What a later version has stored is left out. */
const stored = z.object({
  pollingTimeMs: z.number().nullable().catch(null),
  pollingOverdueTimeMs: z.number().nullable().catch(null),
  acceptsTargetTokens: z.boolean().nullable().catch(null),
  acceptsGatewayToken: z.boolean().nullable().catch(null),
  acceptsProxyHeader: z.boolean().nullable().catch(null),
  proxyAuthorities: z.array(z.string()).nullable().catch(null),
});

/** What hawkBit's scripts have configured. */
export function createHawkbitSettingRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): HawkbitSettingRecords {
  const { query } = database;
  return {
    async load() {
      const rows = await database.read(query.selectFrom('hawkbit_settings').select(['name', 'value']));
      const values = rows.map(({ name, value }) => [name, JSON.parse(value) as unknown] as const);
      return stored.parse({ ...noHawkbitSettings, ...Object.fromEntries(values) });
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
  };
}

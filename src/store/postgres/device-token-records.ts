import type { DeviceTokenRecords } from '../../ports/device-tokens';
import { toDeviceTokenColumns, toStoredDeviceToken } from '../rows/token-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';

/** The encrypted tokens of devices and of the gateway. */
export function createDeviceTokenRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): DeviceTokenRecords {
  const ofHolder = (holder: string) =>
    query.selectFrom('device_tokens').selectAll().where('holder', '=', holder);

  return {
    async find(holder) {
      return (await database.all(ofHolder(holder))).map(toStoredDeviceToken)[0];
    },

    put(holder, deviceId, token, expects, events) {
      return database.transact(async (transaction) => {
        if (deviceId !== null) {
          const device = query.selectFrom('devices').select('id').where('id', '=', deviceId);
          if ((await transaction.all(device)).length === 0) return 'no-device';
        }
        const [known] = await transaction.all(ofHolder(holder));
        if (known !== undefined && expects === 'none') return 'taken';
        if (known === undefined && expects === 'one') return 'missing';
        const values = toDeviceTokenColumns(token, known);
        await transaction.all(
          query
            .insertInto('device_tokens')
            .values({ holder, ...values })
            .onConflict((conflict) => conflict.column('holder').doUpdateSet(values)),
        );
        const became = known === undefined ? 'created' : 'rotated';
        await journal.append(transaction, events(became));
        return became;
      });
    },

    remove(holder, events) {
      return database.transact(async (transaction) => {
        const removed = await transaction.all(
          query.deleteFrom('device_tokens').where('holder', '=', holder).returning('holder'),
        );
        if (removed.length === 1) await journal.append(transaction, events);
        return removed.length === 1;
      });
    },

    removeAll(events) {
      return database.transact(async (transaction) => {
        const { length } = await transaction.all(query.deleteFrom('device_tokens').returning('holder'));
        if (length > 0) await journal.append(transaction, events(length));
        return length;
      });
    },

    async any() {
      return (await database.all(query.selectFrom('device_tokens').select('holder').limit(1)))[0]?.holder;
    },
  };
}

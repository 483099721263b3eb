import type { DeviceTokenRecords } from '../../ports/device-tokens';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { toDeviceTokenColumns, toStoredDeviceToken } from '../rows/token-rows';

/** The encrypted tokens of devices and of the gateway. */
export function createDeviceTokenRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): DeviceTokenRecords {
  const { query } = database;
  const ofHolder = (holder: string) =>
    query.selectFrom('device_tokens').selectAll().where('holder', '=', holder);
  const existsDevice = (id: string) =>
    database.all(query.selectFrom('devices').select('id').where('id', '=', id)).length > 0;

  return {
    async find(holder) {
      return (await database.read(ofHolder(holder))).map(toStoredDeviceToken)[0];
    },

    put(holder, deviceId, token, expects, events) {
      return database.transact(() => {
        if (deviceId !== null && !existsDevice(deviceId)) return 'no-device';
        const [known] = database.all(ofHolder(holder));
        if (known !== undefined && expects === 'none') return 'taken';
        if (known === undefined && expects === 'one') return 'missing';
        const values = toDeviceTokenColumns(token, known);
        database.all(
          query
            .insertInto('device_tokens')
            .values({ holder, ...values })
            .onConflict((conflict) => conflict.column('holder').doUpdateSet(values)),
        );
        const became = known === undefined ? 'created' : 'rotated';
        journal.append(events(became));
        return became;
      });
    },

    remove(holder, events) {
      return database.transact(() => {
        const removed = database.all(
          query.deleteFrom('device_tokens').where('holder', '=', holder).returning('holder'),
        );
        if (removed.length === 1) journal.append(events);
        return removed.length === 1;
      });
    },

    removeAll(events) {
      return database.transact(() => {
        const { length } = database.all(query.deleteFrom('device_tokens').returning('holder'));
        if (length > 0) journal.append(events(length));
        return length;
      });
    },

    async any() {
      return (await database.read(query.selectFrom('device_tokens').select('holder').limit(1)))[0]?.holder;
    },
  };
}

import type { HistoryRecords } from '../../ports/history';
import type { Database } from './database';
import { query } from './queries';

/** Snapshots of how many devices run what. */
export function createHistoryRecords(database: Database): HistoryRecords {
  return {
    async lastAt() {
      const select = query.selectFrom('fleet_snapshots').select('at').orderBy('at', 'desc').limit(1);
      const [row] = await database.all(select);
      return row && new Date(row.at);
    },

    save(at, grain, counts) {
      const time = at.toISOString();
      return database.transact(async (transaction) => {
        await transaction.all(query.deleteFrom('fleet_snapshots').where('at', '>=', time));
        await transaction.all(query.insertInto('fleet_snapshots').values({ at: time, grain }));
        for (const { compatible, channel, version, devices } of counts) {
          const row = { at: time, compatible, channel, version: version ?? '', devices };
          await transaction.all(query.insertInto('fleet_counts').values(row));
        }
      });
    },

    prune(grain, before, atMost) {
      return database.transact(async (transaction) => {
        const old = query
          .selectFrom('fleet_snapshots')
          .select('at')
          .where('grain', '=', grain)
          .where('at', '<', before.toISOString())
          .orderBy('at')
          .limit(atMost);
        await transaction.all(query.deleteFrom('fleet_snapshots').where('at', 'in', old));
      });
    },

    async times(since) {
      const select = query.selectFrom('fleet_snapshots').select('at').where('at', '>=', since.toISOString());
      return (await database.all(select.orderBy('at'))).map(({ at }) => new Date(at));
    },

    async counts(times, { compatible, channel }) {
      if (times.length === 0) return [];
      let select = query
        .selectFrom('fleet_counts')
        .select(({ fn }) => ['at', 'version', fn.sum<number>('devices').as('devices')])
        .where(
          'at',
          'in',
          times.map((time) => time.toISOString()),
        )
        .groupBy(['at', 'version']);
      if (compatible !== undefined) select = select.where('compatible', '=', compatible);
      if (channel !== undefined) select = select.where('channel', '=', channel);
      return (await database.all(select)).map(({ at, version, devices }) => ({
        at: new Date(at),
        version: version || null,
        devices,
      }));
    },
  };
}

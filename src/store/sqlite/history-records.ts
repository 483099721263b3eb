import { sql } from 'kysely';
import type { HistoryCount, HistoryRecords, HistoryScope, SnapshotGrain } from '../../ports/history';
import type { Database } from './database';

/** Snapshots of how many devices run what. */
export function createHistoryRecords(database: Database): HistoryRecords {
  const { query } = database;
  return {
    async lastAt(): Promise<Date | undefined> {
      const select = query.selectFrom('fleet_snapshots').select('at').orderBy('at', 'desc').limit(1);
      const [row] = await database.read(select);
      return row && new Date(row.at);
    },

    save(at: Date, grain: SnapshotGrain, counts: readonly HistoryCount[]): Promise<void> {
      const time = at.toISOString();
      return database.transact(() => {
        database.all(query.deleteFrom('fleet_snapshots').where('at', '>=', time));
        database.all(query.insertInto('fleet_snapshots').values({ at: time, grain }));
        for (const { compatible, channel, version, devices } of counts) {
          const row = { at: time, compatible, channel, version: version ?? '', devices };
          database.all(query.insertInto('fleet_counts').values(row));
        }
      });
    },

    prune(grain: SnapshotGrain, before: Date, atMost: number): Promise<void> {
      return database.transact(() => {
        const old = query
          .selectFrom('fleet_snapshots')
          .select('at')
          .where('grain', '=', grain)
          .where('at', '<', before.toISOString())
          .orderBy('at')
          .limit(atMost);
        database.all(query.deleteFrom('fleet_snapshots').where('at', 'in', old));
      });
    },

    async times(since: Date): Promise<readonly Date[]> {
      const select = query.selectFrom('fleet_snapshots').select('at').where('at', '>=', since.toISOString());
      return (await database.search(select.orderBy('at'))).map(({ at }) => new Date(at));
    },

    async counts(times: readonly Date[], { compatible, channel }: HistoryScope) {
      const list = JSON.stringify(times.map((time) => time.toISOString()));
      let select = query
        .selectFrom('fleet_counts')
        .select(({ fn }) => ['at', 'version', fn.sum<number>('devices').as('devices')])
        .where('at', 'in', sql<string>`(SELECT value FROM json_each(${list}))`)
        .groupBy(['at', 'version']);
      if (compatible !== undefined) select = select.where('compatible', '=', compatible);
      if (channel !== undefined) select = select.where('channel', '=', channel);
      return (await database.search(select)).map(({ at, version, devices }) => ({
        at: new Date(at),
        version: version || null,
        devices,
      }));
    },
  };
}

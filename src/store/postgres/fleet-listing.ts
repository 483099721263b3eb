import { sql } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import type { FleetListing, ListedDevice } from '../../ports/fleet-queries';
import { readCursor, writeCursor } from '../rows/device-cursor';
import { censusColumns, toCensus } from '../rows/census-rows';
import { toInstallation } from '../rows/device-rows';
import { SpacedCount, sumOfDevices, whileRecountedMs } from '../spaced';
import type { Database } from './database';
import { matchesFilter } from './device-filter';
import { findDevices } from './find-devices';
import { findRecords } from './find-record';
import { query } from './queries';
import { outcomesOf } from './release-outcomes';

/** How many devices a walk returns at once. */
const devicesInStretch = 250;

/** Lists and counts of the fleet. */
export function createFleetListing(database: Database): FleetListing {
  const readDevices = async (ids: readonly string[]) => (await findRecords(database, ids)).map(listed);

  async function census() {
    const rows = await database.all(
      query
        .selectFrom('devices')
        .select([...censusColumns, ({ fn }) => fn.countAll<number>().as('devices')])
        .groupBy(censusColumns),
    );
    return rows.map(toCensus);
  }

  async function decided() {
    const select = query
      .selectFrom('devices')
      .select(({ fn }) => [
        fn.countAll<number>().as('devices'),
        fn.countAll<number>().filterWhere('admission', '=', 'waiting').as('waiting'),
        fn.count<number>('hold_at').as('held'),
        fn.count<number>('pin_bundle').as('pinned'),
      ]);
    return (await database.all(select))[0] ?? { devices: 0, waiting: 0, held: 0, pinned: 0 };
  }

  const censuses = new SpacedCount(census, sumOfDevices, whileRecountedMs);
  const decisions = new SpacedCount(decided, ({ devices }) => devices, whileRecountedMs);

  return {
    async list(asked) {
      const { after, limit, sort, isDescending, ...filter } = asked;
      const order = { sort, isDescending };
      const cursor = after === undefined ? undefined : readCursor(after, order);
      const page = { order, cursor, limit: limit + 1 };
      const countFleet = async () => (await decisions.get()).devices;
      const { found, total, totalIsEstimate } = await findDevices(database, filter, page, countFleet);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        devices: await readDevices(shown.map(({ id }) => id)),
        next: last === undefined ? null : writeCursor(order, last),
        total,
        totalIsEstimate,
      };
    },

    async walk(filter, afterId) {
      const select = sql<{ readonly id: string }>`
        SELECT id FROM devices WHERE id > ${afterId} AND ${matchesFilter(filter)}
        ORDER BY id LIMIT ${devicesInStretch + 1}`;
      const found = (await database.all(select.compile(query))).map(({ id }) => id);
      const ids = found.slice(0, devicesInStretch);
      const next = found.length > devicesInStretch ? (ids.at(-1) ?? null) : null;
      return { devices: await readDevices(ids), next };
    },

    async listInstallations({ limit, beforeId, deviceId, state, bundleName, releaseId }) {
      let select = query.selectFrom('installations').selectAll();
      if (beforeId !== undefined) select = select.where('id', '<', beforeId);
      if (deviceId !== undefined) select = select.where('device', '=', deviceId);
      if (state !== undefined) select = select.where('state', '=', state);
      if (bundleName !== undefined) select = select.where('bundle', '=', bundleName);
      if (releaseId !== undefined) select = select.where('release_id', '=', releaseId);
      const rows = await database.all(select.orderBy('id', 'desc').limit(limit));
      const nextBefore = rows.length === limit ? (rows.at(-1)?.id ?? null) : null;
      return { installations: rows.map(toInstallation), nextBefore, searchedUntil: null };
    },

    census: () => censuses.get(),

    async channelVersions({ compatible, channel, afterVersion, limit }) {
      const following = query
        .selectFrom('devices')
        .select(({ fn }) => [
          'system_version',
          fn.countAll<number>().filterWhere('pin_bundle', 'is', null).as('devices'),
        ])
        .where('compatible', '=', compatible)
        .where('channel', '=', channel)
        .groupBy('system_version');
      const untold = following.where('system_version', 'is', null);
      const told = following
        .where('system_version', '>', afterVersion)
        .orderBy('system_version')
        .limit(limit);
      const rows = [
        ...(afterVersion === '' ? await database.all(untold) : []),
        ...(await database.all(told)),
      ];
      return rows.map(({ system_version: systemVersion, devices }) => ({ systemVersion, devices }));
    },

    labelledDevices({ label, afterId, limit }) {
      return database.all(
        query
          .selectFrom('device_labels')
          .innerJoin('devices', 'devices.id', 'device_labels.device')
          .select(['devices.id', 'devices.compatible', 'devices.channel'])
          .where('device_labels.label', '=', label)
          .where('device_labels.device', '>', afterId)
          .orderBy('device_labels.device')
          .limit(limit),
      );
    },

    attention: () => decisions.get(),

    outcomes: (releaseId) => outcomesOf(database, releaseId),
  };
}

function listed({ device, installation }: DeviceRecord): ListedDevice {
  return { device, installation };
}

import { type Selectable, sql, type SqlBool } from 'kysely';
import type {
  ChannelVersionsPage,
  DeviceFilter,
  DeviceQuery,
  FleetListing,
  InstallationQuery,
  LabelledPage,
} from '../../ports/fleet-queries';
import type { Database } from './database';
import { readCursor, writeCursor } from '../rows/device-cursor';
import { censusColumns, toCensus } from '../rows/census-rows';
import { toInstallation } from '../rows/device-rows';
import { findDevices } from './find-devices';
import { installationLines } from './installation-filter';
import { lookBack } from './look-back';
import { outcomesOf } from './release-outcomes';
import { readDevices } from './read-devices';
import type { InstallationTable } from '../rows/schema';
import { SpacedCount, sumOfDevices } from '../spaced';
import { walkDevices } from './walk-devices';

type InstallationRow = Selectable<InstallationTable>;

/** Lists and counts of the fleet. */
export function createFleetListing(database: Database): FleetListing {
  const { query } = database;

  async function census() {
    const rows = await database.search(
      query
        .selectFrom('devices')
        .select([...censusColumns, ({ fn }) => fn.countAll<number>().as('devices')])
        .groupBy(censusColumns),
    );
    return rows.map(toCensus);
  }

  async function decided() {
    const all = query.selectFrom('devices').select(({ fn }) => fn.countAll<number>().as('devices'));
    const count = async (select: typeof all) => (await database.search(select))[0]?.devices ?? 0;
    return {
      devices: await count(all),
      // A literal, not a parameter: otherwise its index does not match.
      waiting: await count(all.where(sql<SqlBool>`admission = 'waiting'`)),
      held: await count(all.where('hold_at', 'is not', null)),
      pinned: await count(all.where('pin_bundle', 'is not', null)),
    };
  }

  async function offeredAt(id: number): Promise<Date | null> {
    const [row] = await database.search(
      query.selectFrom('installations').select('offered_at').where('id', '=', id),
    );
    return row === undefined ? null : new Date(row.offered_at);
  }

  const censuses = new SpacedCount(census, sumOfDevices);
  const decisions = new SpacedCount(decided, ({ devices }) => devices);

  return {
    /** @throws DomainError `invalid-input` for a cursor of another list */
    async list(asked: DeviceQuery) {
      const { after, limit, sort, isDescending, ...filters } = asked;
      const cursor = after === undefined ? undefined : readCursor(after, asked);
      const order = { sort, isDescending };
      const { found, total } = await findDevices(database, { filters, cursor, limit: limit + 1, ...order });
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        devices: await readDevices(
          database,
          shown.map(({ id }) => id),
        ),
        next: last === undefined ? null : writeCursor(order, last),
        total,
        totalIsEstimate: false,
      };
    },

    async walk(filter: DeviceFilter, afterId: string) {
      const { ids, next } = await walkDevices(database, filter, afterId);
      return { devices: await readDevices(database, ids), next };
    },

    /** Newest first. */
    async listInstallations({ limit, beforeId, ...filter }: InstallationQuery) {
      const page = { limit, ...(beforeId === undefined ? {} : { beforeId }) };
      const lines = installationLines(filter);
      const { rows, nextBefore, isCut } = await lookBack<InstallationRow>(
        database,
        'installations',
        lines,
        page,
      );
      const installations = rows.map(toInstallation);
      return {
        installations,
        nextBefore,
        searchedUntil: isCut && nextBefore !== null ? await offeredAt(nextBefore) : null,
      };
    },

    /** Counts of devices by compatible, channel, version and state. */
    census: () => censuses.get(),

    /** What the devices of a channel run, from an index that covers it; few of them are pinned. */
    async channelVersions({ compatible, channel, afterVersion, limit }: ChannelVersionsPage) {
      const counted = query
        .selectFrom('devices')
        .select(({ fn }) => ['system_version', fn.countAll<number>().as('devices')]);
      const following = counted.where('compatible', '=', compatible).where('channel', '=', channel);
      const isFirst = afterVersion === '';
      const rows = [
        ...(isFirst
          ? await database.search(following.where('system_version', 'is', null).groupBy('system_version'))
          : []),
        ...(await database.search(
          following
            .where('system_version', '>', afterVersion)
            .groupBy('system_version')
            .orderBy('system_version')
            .limit(limit),
        )),
      ];
      const pinned = await database.search(
        counted
          .where('pin_bundle', 'is not', null)
          // The plus keeps SQLite on the index of pinned devices.
          .where(sql<SqlBool>`+compatible = ${compatible}`)
          .where(sql<SqlBool>`+channel = ${channel}`)
          .groupBy('system_version'),
      );
      const apart = new Map(pinned.map(({ system_version, devices }) => [system_version, devices]));
      return rows.map(({ system_version: systemVersion, devices }) => ({
        systemVersion,
        devices: devices - (apart.get(systemVersion) ?? 0),
      }));
    },

    /** The devices with a label, by id. */
    labelledDevices({ label, afterId, limit }: LabelledPage) {
      return database.search(
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

    /** Devices that people made decisions about, each kind from its own index. */
    attention: () => decisions.get(),

    /** A release's devices by outcome and step. */
    outcomes: (releaseId: number) => outcomesOf(database, releaseId),
  };
}

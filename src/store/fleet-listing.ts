import { type Selectable, sql, type SqlBool } from 'kysely';
import type { Device, SeenCertificate } from '../core/device';
import type { Installation, InstallationState } from '../core/installation';
import type { Database } from './database';
import { type DeviceOrder, isAfter, readCursor, sortColumns, writeCursor } from './device-cursor';
import { type DeviceFilters, matchDevices } from './device-filter';
import { toDevice, toInstallation } from './device-rows';
import { outcomesOf } from './release-outcomes';
import type { DeviceTable } from './schema';

interface DeviceQuery extends DeviceFilters, DeviceOrder {
  readonly limit: number;
  readonly after?: string;
}

interface InstallationQuery {
  readonly deviceId?: string;
  readonly state?: InstallationState;
  readonly bundleName?: string;
  readonly releaseId?: number;
  readonly limit: number;
  readonly beforeId?: number;
}

interface ChannelVersionsPage {
  readonly compatible: string;
  readonly channel: string;
  readonly afterVersion: string;
  readonly limit: number;
}

interface LabelledPage {
  readonly label: string;
  readonly afterId: string;
  readonly limit: number;
}

export type FleetListing = ReturnType<typeof createFleetListing>;

/** Lists and counts of the fleet. */
export function createFleetListing(database: Database) {
  const { query } = database;
  return {
    /** @throws DomainError `invalid-input` for a cursor that is none of this list's */
    list(asked: DeviceQuery) {
      const { after, limit } = asked;
      const cursor = after === undefined ? undefined : readCursor(after, asked);
      const { select, total, isAll } = matchDevices(database, asked);
      const direction = asked.isDescending ? 'desc' : 'asc';
      const column = sortColumns[asked.sort];
      // Of some devices the order's own index would have most rows looked at for nothing.
      const orderedBy = (name: string) => (isAll ? sql.ref(name) : sql`+${sql.ref(name)}`);
      const found = database.all(
        (cursor === undefined ? select : select.where(isAfter(asked, cursor)))
          .select('id')
          .orderBy(orderedBy(column), direction)
          .orderBy(orderedBy('id'), direction)
          .limit(limit + 1),
      );
      const page = rowsOf(
        database,
        found.slice(0, limit).map(({ id }) => id),
      );
      const last = found.length > limit ? page.at(-1) : undefined;
      const ids = page.map(({ id }) => id);
      const labels = labelsOf(database, ids);
      const certificates = certificatesOf(database, ids);
      const installations = installationsOf(
        database,
        page.flatMap(({ installation_id: id }) => (id === null ? [] : [id])),
      );
      return {
        devices: page.map((row): { device: Device; installation: Installation | null } => ({
          device: toDevice(row, labels.get(row.id) ?? [], certificates.get(row.id) ?? []),
          installation: installations.get(row.installation_id ?? 0) ?? null,
        })),
        next: last === undefined ? null : writeCursor(asked, { value: last[column], id: last.id }),
        total,
      };
    },

    /** Newest first. */
    listInstallations(asked: InstallationQuery): readonly Installation[] {
      let select = query.selectFrom('installations').selectAll().orderBy('id', 'desc').limit(asked.limit);
      if (asked.deviceId !== undefined) select = select.where('device', '=', asked.deviceId);
      if (asked.state !== undefined) select = select.where('state', '=', asked.state);
      if (asked.bundleName !== undefined) select = select.where('bundle', '=', asked.bundleName);
      if (asked.releaseId !== undefined) select = select.where('release_id', '=', asked.releaseId);
      if (asked.beforeId !== undefined) select = select.where('id', '<', asked.beforeId);
      return database.all(select).map(toInstallation);
    },

    /** Devices by what they are, follow, run and do. */
    census() {
      return database
        .all(
          query
            .selectFrom('devices')
            .select(({ fn }) => [
              'compatible',
              'channel',
              'system_version',
              'installation_state',
              fn.countAll<number>().as('devices'),
            ])
            .groupBy(['compatible', 'channel', 'system_version', 'installation_state']),
        )
        .map(({ compatible, channel, system_version, installation_state, devices }) => ({
          compatible,
          channel,
          systemVersion: system_version,
          installationState: installation_state,
          devices,
        }));
    },

    /** What the devices of a channel run, by an index that has all of it; of those that are pinned there are few. */
    channelVersions({ compatible, channel, afterVersion, limit }: ChannelVersionsPage) {
      const counted = query
        .selectFrom('devices')
        .select(({ fn }) => ['system_version', fn.countAll<number>().as('devices')]);
      const following = counted.where('compatible', '=', compatible).where('channel', '=', channel);
      const isFirst = afterVersion === '';
      const rows = [
        ...(isFirst
          ? database.all(following.where('system_version', 'is', null).groupBy('system_version'))
          : []),
        ...database.all(
          following
            .where('system_version', '>', afterVersion)
            .groupBy('system_version')
            .orderBy('system_version')
            .limit(limit),
        ),
      ];
      const pinned = database.all(
        counted
          .where('pin_bundle', 'is not', null)
          // The plus keeps SQLite with the index of pinned devices.
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

    /** Devices that somebody decided about. */
    attention() {
      const [row] = database.all(
        query
          .selectFrom('devices')
          .select(({ fn }) => [
            fn.countAll<number>().as('devices'),
            fn.countAll<number>().filterWhere('admission', '=', 'waiting').as('waiting'),
            fn.countAll<number>().filterWhere('hold_at', 'is not', null).as('held'),
            fn.countAll<number>().filterWhere('pin_bundle', 'is not', null).as('pinned'),
          ]),
      );
      return row ?? { devices: 0, waiting: 0, held: 0, pinned: 0 };
    },

    /** A release's devices by what they came to, by step. */
    outcomes: (releaseId: number) => outcomesOf(database, releaseId),
  };
}

/** In the order of the ids. */
function rowsOf(database: Database, ids: readonly string[]): readonly Selectable<DeviceTable>[] {
  const rows = database.all(
    database.query.selectFrom('devices').selectAll().where('id', 'in', inList<string>(ids)),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function labelsOf(database: Database, ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (ids.length === 0) return found;
  const rows = database.all(
    database.query
      .selectFrom('device_labels')
      .select(['device', 'label'])
      .where('device', 'in', inList<string>(ids))
      .orderBy('label'),
  );
  for (const { device, label } of rows) found.set(device, [...(found.get(device) ?? []), label]);
  return found;
}

function certificatesOf(database: Database, ids: readonly string[]): ReadonlyMap<string, SeenCertificate[]> {
  const found = new Map<string, SeenCertificate[]>();
  if (ids.length === 0) return found;
  const rows = database.all(
    database.query
      .selectFrom('device_certificates')
      .selectAll()
      .where('device', 'in', inList<string>(ids))
      .orderBy('first_seen_at'),
  );
  for (const row of rows) {
    const { device, serial } = row;
    const seen = { serial, firstSeenAt: new Date(row.first_seen_at), lastSeenAt: new Date(row.last_seen_at) };
    found.set(device, [...(found.get(device) ?? []), seen]);
  }
  return found;
}

function installationsOf(database: Database, ids: readonly number[]): ReadonlyMap<number, Installation> {
  if (ids.length === 0) return new Map();
  const rows = database.all(
    database.query.selectFrom('installations').selectAll().where('id', 'in', inList<number>(ids)),
  );
  return new Map(rows.map((row) => [row.id, toInstallation(row)]));
}

/** One parameter for a list of any length: the statement stays the same, and prepared. */
function inList<T extends string | number>(values: readonly T[]) {
  return sql<T>`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

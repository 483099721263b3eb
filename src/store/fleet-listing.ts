import { type Expression, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import type { Device, SeenCertificate } from '../core/device';
import { DomainError } from '../core/errors';
import type { Installation, InstallationState } from '../core/installation';
import type { Database } from './database';
import { toDevice, toInstallation } from './device-rows';
import type { Schema } from './schema';

interface DeviceQuery {
  readonly search?: string;
  readonly compatible?: string;
  readonly channel?: string;
  readonly version?: string;
  readonly label?: string;
  readonly state?: InstallationState | 'none';
  readonly isHeld?: boolean;
  readonly isPinned?: boolean;
  readonly isWaiting?: boolean;
  readonly releaseId?: number;
  readonly sort: 'id' | 'last_contact' | 'version' | 'state';
  readonly isDescending: boolean;
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

type DeviceSelect<Row> = SelectQueryBuilder<Schema, 'devices', Row>;

const sortColumns = {
  id: 'id',
  last_contact: 'last_contact_at',
  version: 'system_version',
  state: 'installation_state',
} as const;

export type FleetListing = ReturnType<typeof createFleetListing>;

/** Lists and counts of the fleet. */
export function createFleetListing(database: Database) {
  const { query } = database;
  return {
    /** @throws DomainError `invalid-input` for a cursor that is none of this list's */
    list(asked: DeviceQuery) {
      const matching = filter(query.selectFrom('devices'), asked);
      const [counted] = database.all(matching.select(({ fn }) => fn.countAll<number>().as('total')));
      const direction = asked.isDescending ? 'desc' : 'asc';
      const column = sortColumns[asked.sort];
      const cursor = asked.after === undefined ? undefined : readCursor(asked.after, asked);
      const rows = database.all(
        (cursor === undefined ? matching : matching.where(isAfter(asked, cursor)))
          .selectAll()
          // What is missing sorts as the least, which is SQLite's own order.
          .orderBy(column, direction)
          .orderBy('id', direction)
          .limit(asked.limit + 1),
      );
      const page = rows.slice(0, asked.limit);
      const last = rows.length > asked.limit ? page.at(-1) : undefined;
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
        next: last === undefined ? null : writeCursor(asked, last[column], last.id),
        total: counted?.total ?? 0,
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

    /** Counts of a release's installations, by step and state. */
    outcomes(releaseId: number) {
      return database.all(
        query
          .selectFrom('installations')
          .select(({ fn }) => ['step', 'state', fn.countAll<number>().as('installations')])
          .where('release_id', '=', releaseId)
          .groupBy(['step', 'state']),
      );
    },
  };
}

function filter(select: DeviceSelect<object>, asked: DeviceQuery): DeviceSelect<object> {
  const { search, compatible, channel, version, label, state, releaseId } = asked;
  let found = select;
  if (search !== undefined && search !== '') {
    const pattern = `%${search.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
    const like = (column: 'id' | 'serial' | 'notes') =>
      sql<SqlBool>`${sql.ref(column)} LIKE ${pattern} ESCAPE '\\'`;
    found = found.where((eb) => eb.or([like('id'), like('serial'), like('notes')]));
  }
  if (compatible !== undefined) found = found.where('compatible', '=', compatible);
  if (channel !== undefined) found = found.where('channel', '=', channel);
  if (version !== undefined) found = found.where('system_version', '=', version);
  if (label !== undefined)
    found = found.where('id', 'in', (eb) =>
      eb.selectFrom('device_labels').select('device').where('label', '=', label),
    );
  if (state === 'none') found = found.where('installation_state', 'is', null);
  else if (state !== undefined) found = found.where('installation_state', '=', state);
  if (asked.isHeld !== undefined) found = found.where('hold_at', asked.isHeld ? 'is not' : 'is', null);
  if (asked.isPinned !== undefined) found = found.where('pin_bundle', asked.isPinned ? 'is not' : 'is', null);
  if (asked.isWaiting !== undefined)
    found = found.where('admission', '=', asked.isWaiting ? 'waiting' : 'admitted');
  if (releaseId !== undefined) {
    found = found.where(
      'installation_id',
      'in',
      sql<number>`(SELECT id FROM installations WHERE release_id = ${releaseId})`,
    );
  }
  return found;
}

interface Cursor {
  readonly value: string | null;
  readonly id: string;
}

function isAfter({ sort, isDescending }: DeviceQuery, { value, id }: Cursor): Expression<SqlBool> {
  const column = sql.ref(sortColumns[sort]);
  const idColumn = sql.ref('id');
  if (sort === 'id') return isDescending ? sql`${idColumn} < ${id}` : sql`${idColumn} > ${id}`;
  if (value === null) {
    return isDescending
      ? sql`(${column} IS NULL AND ${idColumn} < ${id})`
      : sql`((${column} IS NULL AND ${idColumn} > ${id}) OR ${column} IS NOT NULL)`;
  }
  return isDescending
    ? sql`(${column} < ${value} OR (${column} = ${value} AND ${idColumn} < ${id}) OR ${column} IS NULL)`
    : sql`(${column} > ${value} OR (${column} = ${value} AND ${idColumn} > ${id}))`;
}

function writeCursor({ sort, isDescending }: DeviceQuery, value: string | null, id: string): string {
  return Buffer.from(JSON.stringify([sort, isDescending, value, id])).toString('base64url');
}

function readCursor(text: string, { sort, isDescending }: DeviceQuery): Cursor {
  const parsed = parseJson(Buffer.from(text, 'base64url').toString());
  const [itsSort, itsDirection, value, id] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
  const isOurs = itsSort === sort && itsDirection === isDescending;
  if (!isOurs || typeof id !== 'string' || (typeof value !== 'string' && value !== null)) {
    throw new DomainError('invalid-input', 'the place in the list is not one of this list', {
      remedy: 'Begin at the first page, and keep sort and order while paging.',
    });
  }
  return { value, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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

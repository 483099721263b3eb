import { type Selectable, sql } from 'kysely';
import type { SeenCertificate } from '../../core/device';
import type { Installation } from '../../core/installation';
import type { ListedDevice } from '../../ports/fleet-queries';
import type { Database } from './database';
import { toDevice, toInstallation } from '../rows/device-rows';
import type { DeviceTable } from '../rows/schema';

/** In the order of the ids; leaves out devices forgotten meanwhile. */
export async function readDevices(
  database: Database,
  ids: readonly string[],
): Promise<readonly ListedDevice[]> {
  if (ids.length === 0) return [];
  const [rows, labels, certificates, installations] = await Promise.all([
    rowsOf(database, ids),
    labelsOf(database, ids),
    certificatesOf(database, ids),
    installationsOf(database, ids),
  ]);
  return rows.map((row) => ({
    device: toDevice(row, labels.get(row.id) ?? [], certificates.get(row.id) ?? []),
    installation: installations.get(row.id) ?? null,
  }));
}

/** In the order of the ids. */
async function rowsOf(
  database: Database,
  ids: readonly string[],
): Promise<readonly Selectable<DeviceTable>[]> {
  const rows = await database.search(
    database.query.selectFrom('devices').selectAll().where('id', 'in', inList(ids)),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function labelsOf(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const rows = await database.search(
    database.query
      .selectFrom('device_labels')
      .select(['device', 'label'])
      .where('device', 'in', inList(ids))
      .orderBy('label'),
  );
  for (const { device, label } of rows) found.set(device, [...(found.get(device) ?? []), label]);
  return found;
}

async function certificatesOf(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SeenCertificate[]>> {
  const found = new Map<string, SeenCertificate[]>();
  const rows = await database.search(
    database.query
      .selectFrom('device_certificates')
      .selectAll()
      .where('device', 'in', inList(ids))
      .orderBy('first_seen_at'),
  );
  for (const row of rows) {
    const { device, serial } = row;
    const seen = { serial, firstSeenAt: new Date(row.first_seen_at), lastSeenAt: new Date(row.last_seen_at) };
    found.set(device, [...(found.get(device) ?? []), seen]);
  }
  return found;
}

/** Their latest installations, by device. */
async function installationsOf(
  database: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Installation>> {
  const rows = await database.search(
    database.query
      .selectFrom('devices')
      .innerJoin('installations', 'installations.id', 'devices.installation_id')
      .selectAll('installations')
      .where('devices.id', 'in', inList(ids)),
  );
  return new Map(rows.map((row) => [row.device, toInstallation(row)]));
}

/** One parameter for a list of any length: the statement stays the same, and prepared. */
function inList(values: readonly string[]) {
  return sql<string>`(SELECT value FROM json_each(${JSON.stringify(values)}))`;
}

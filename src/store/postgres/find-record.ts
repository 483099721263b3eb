import { type Selectable, sql } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import { countedStates, type RecordRow, toRecord } from '../rows/record-rows';
import type { InstallationTable } from '../rows/schema';
import type { Reader } from './database';
import { anyOf, query } from './queries';

/** Devices with everything that their next offer depends on, by one statement, so that all of it is of one moment. */
export const selectRecords = query
  .selectFrom('devices')
  .selectAll()
  .select([
    sql<string>`(SELECT coalesce(json_agg(label ORDER BY label), '[]')::text
      FROM device_labels WHERE device = devices.id)`.as('labels'),
    sql<string>`(SELECT coalesce(
        json_agg(json_build_array(serial, first_seen_at, last_seen_at) ORDER BY first_seen_at), '[]')::text
      FROM device_certificates WHERE device = devices.id)`.as('certificates'),
    sql<string>`(SELECT coalesce(json_agg(json_build_array(sha256, state, count)), '[]')::text
      FROM (SELECT sha256, state, count(*) AS count FROM installations
        WHERE device = devices.id AND cleared_at IS NULL AND state IN (${sql.join(countedStates)})
        GROUP BY sha256, state) AS counted)`.as('counted'),
    sql<string | null>`(SELECT row_to_json(latest)::text FROM
      (SELECT * FROM installations WHERE device = devices.id ORDER BY id DESC LIMIT 1) AS latest)`.as(
      'latest',
    ),
  ]);

/** Reads what is known of a device. */
export async function findRecord(reader: Reader, id: string): Promise<DeviceRecord | undefined> {
  return (await reader.all(selectRecords.where('id', '=', id))).map(readRecord)[0];
}

/** In the order of the ids; leaves out devices forgotten meanwhile. */
export async function findRecords(reader: Reader, ids: readonly string[]): Promise<readonly DeviceRecord[]> {
  if (ids.length === 0) return [];
  const rows = await reader.all(selectRecords.where('id', 'in', anyOf(ids)));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []).map(readRecord);
}

/** @param row of {@link selectRecords} */
function readRecord(row: RecordRow & { readonly latest: string | null }): DeviceRecord {
  const { latest } = row;
  return toRecord(row, latest === null ? undefined : (JSON.parse(latest) as Selectable<InstallationTable>));
}

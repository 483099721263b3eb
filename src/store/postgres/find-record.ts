import { type Selectable, sql } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import { countedStates, type RecordRow, toRecord } from '../rows/record-rows';
import type { InstallationTable } from '../rows/schema';
import { catalogVersion } from './catalog/catalog-version';
import { deviceColumns } from './columns';
import type { Reader } from './database';
import { anyOf, prepared, query } from './queries';

/**
 * Devices with everything that their next offer depends on. A single statement reads it, so all of it is from one
 * moment.
 */
export const selectRecords = query
  .selectFrom('devices')
  .select(deviceColumns)
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

/** What is known about a device, and the version of the catalog at that moment. */
export interface FoundRecord {
  /** `undefined` for an unknown device. */
  readonly record: DeviceRecord | undefined;
  readonly catalogVersion: number;
}

interface FoundRow extends Row {
  readonly catalog_version: number;
}

type NoRow = { readonly [Column in keyof FoundRow]: Column extends 'catalog_version' ? number : null };

/** Stands for the id of a device in {@link selectFound}. */
const anyId = 'id';

/** Compiled once, because each poll reads it. */
const selectFound = sql<FoundRow | NoRow>`
  SELECT catalog.version AS catalog_version, found.*
  FROM (SELECT ${catalogVersion} AS version) AS catalog
  LEFT JOIN (${selectRecords.where('id', '=', anyId)}) AS found ON true`.compile(query);

/** Reads what a decision about a device depends on, in one statement. */
export async function findRecord(reader: Reader, id: string): Promise<FoundRecord> {
  const parameters = selectFound.parameters.map((value) => (value === anyId ? id : value));
  const [row] = await reader.all<FoundRow | NoRow>(prepared({ ...selectFound, parameters }));
  if (row === undefined) throw new Error('a left join has at least one row');
  return {
    record: row.id === null ? undefined : readRecord(row),
    catalogVersion: row.catalog_version,
  };
}

/** In the order of the ids; leaves out devices forgotten meanwhile. */
export async function findRecords(reader: Reader, ids: readonly string[]): Promise<readonly DeviceRecord[]> {
  if (ids.length === 0) return [];
  const rows = await reader.all(selectRecords.where('id', 'in', anyOf(ids)));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []).map(readRecord);
}

/** A row of {@link selectRecords}. */
type Row = RecordRow & { readonly latest: string | null };

function readRecord(row: Row): DeviceRecord {
  const { latest } = row;
  return toRecord(row, latest === null ? undefined : (JSON.parse(latest) as Selectable<InstallationTable>));
}

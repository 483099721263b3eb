import { sql } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import type { Database } from './database';
import { countedStates, toRecord } from '../rows/record-rows';

/**
 * Reads everything that an offer to a device depends on, with only two queries: each holds memory of the binding
 * until the garbage collector and the event loop have run.
 */
export function findRecord(database: Database, id: string): DeviceRecord | undefined {
  const { query } = database;
  const [row] = database.all(
    query
      .selectFrom('devices')
      .selectAll()
      .select([
        sql<string>`(SELECT json_group_array(label)
          FROM (SELECT label FROM device_labels WHERE device = devices.id ORDER BY label))`.as('labels'),
        sql<string>`(SELECT json_group_array(json_array(serial, first_seen_at, last_seen_at))
          FROM (SELECT * FROM device_certificates WHERE device = devices.id ORDER BY first_seen_at))`.as(
          'certificates',
        ),
        sql<string>`(SELECT json_group_array(json_array(sha256, state, count))
          FROM (SELECT sha256, state, count(*) AS count FROM installations
            WHERE device = devices.id AND cleared_at IS NULL AND state IN (${sql.join(countedStates)})
            GROUP BY sha256, state))`.as('counted'),
      ])
      .where('id', '=', id),
  );
  if (row === undefined) return undefined;
  const ofDevice = query.selectFrom('installations').selectAll().where('device', '=', id);
  const [latest] = database.all(ofDevice.orderBy('id', 'desc').limit(1));
  return toRecord(row, latest);
}

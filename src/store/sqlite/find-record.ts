import { sql } from 'kysely';
import type { DeviceRecord } from '../../core/device-record';
import { failedStates, type InstallationState } from '../../core/installation-states';
import type { Database } from './database';
import { toDevice, toInstallation } from './device-rows';

type Counted = readonly [sha256: string, state: InstallationState, count: number];

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
  const certificates = JSON.parse(row.certificates) as readonly (readonly [string, string, string])[];
  const counted = JSON.parse(row.counted) as readonly Counted[];
  return {
    device: toDevice(
      row,
      JSON.parse(row.labels) as string[],
      certificates.map(([serial, firstSeenAt, lastSeenAt]) => ({
        serial,
        firstSeenAt: new Date(firstSeenAt),
        lastSeenAt: new Date(lastSeenAt),
      })),
    ),
    installation: latest === undefined ? null : toInstallation(latest),
    failures: countOf(counted, failedStates),
    interruptions: countOf(counted, interruptedStates),
  };
}

const interruptedStates: readonly InstallationState[] = ['interrupted'];
const countedStates: readonly InstallationState[] = [...failedStates, ...interruptedStates];

/** By the bundle's hash. */
function countOf(counted: readonly Counted[], states: readonly InstallationState[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [sha256, state, count] of counted)
    if (states.includes(state)) counts.set(sha256, (counts.get(sha256) ?? 0) + count);
  return counts;
}

import { type Selectable, sql } from 'kysely';
import { type InstallationState, openStates } from '../../core/installation-states';
import { appendedLogMaxLength, type DeviceRecords } from '../../ports/devices';
import { readAttributes, toInstallation } from '../rows/device-rows';
import type { DeviceTable } from '../rows/schema';
import type { Database } from './database';
import { query } from './queries';

type RolloutRow = Pick<
  Selectable<DeviceTable>,
  'id' | 'system_version' | 'last_contact_at' | 'hold_at' | 'pin_bundle' | 'attributes'
> & { readonly labels: readonly string[]; readonly state: InstallationState | null };

/** Reads of devices and their installations, and the logs that devices send. */
export function createDeviceRecords(database: Database): DeviceRecords {
  return {
    async silentIn({ from, until }, limit) {
      const open = query
        .selectFrom('devices')
        .select('id')
        .where('installation_state', 'in', openStates)
        .where((eb) =>
          eb.or([
            eb('last_contact_at', '<', from.toISOString()),
            eb('last_contact_at', '>', until.toISOString()),
          ]),
        );
      const found = await database.all(open.orderBy('last_contact_at').limit(limit));
      return found.map(({ id }) => id);
    },

    async rolloutDevices({ releaseId, compatible, channel, afterId, limit, withAttributes }) {
      const rows = await database.all(
        sql<RolloutRow>`
          SELECT id, system_version, last_contact_at, hold_at, pin_bundle,
            ${withAttributes ? sql.ref('attributes') : sql.lit('{}')} AS attributes,
            ARRAY(SELECT label FROM device_labels WHERE device = devices.id ORDER BY label)::text[] AS labels,
            (SELECT state FROM installations WHERE device = devices.id AND release_id = ${releaseId}
              ORDER BY installations.id DESC LIMIT 1) AS state
          FROM devices
          WHERE compatible = ${compatible} AND channel = ${channel} AND id > ${afterId}
            AND admission = 'admitted' AND last_contact_at IS NOT NULL
          ORDER BY id LIMIT ${limit}`.compile(query),
      );
      return rows.map((row) => ({
        id: row.id,
        systemVersion: row.system_version,
        state: row.state,
        lastContactAt: new Date(row.last_contact_at ?? 0),
        isHeld: row.hold_at !== null,
        isPinned: row.pin_bundle !== null,
        labels: row.labels,
        attributes: readAttributes(row),
      }));
    },

    async installations(deviceId, limit) {
      const ofDevice = query.selectFrom('installations').selectAll().where('device', '=', deviceId);
      return (await database.all(ofDevice.orderBy('id', 'desc').limit(limit))).map(toInstallation);
    },

    async findInstallation(id) {
      const [row] = await database.all(query.selectFrom('installations').selectAll().where('id', '=', id));
      return row === undefined ? undefined : toInstallation(row);
    },

    saveLog(installationId, log, at) {
      const row = { installation: installationId, at: at.toISOString(), log };
      return database.transact(async (transaction) => {
        const insert = query.insertInto('installation_logs').values(row);
        await transaction.all(
          insert.onConflict((conflict) => conflict.column('installation').doUpdateSet(row)),
        );
      });
    },

    appendLog(installationId, lines, at) {
      const row = {
        installation: installationId,
        at: at.toISOString(),
        log: lines.slice(-appendedLogMaxLength),
      };
      const log = sql<string>`right(installation_logs.log || excluded.log, ${appendedLogMaxLength}::integer)`;
      return database.transact(async (transaction) => {
        const insert = query.insertInto('installation_logs').values(row);
        await transaction.all(
          insert.onConflict((conflict) => conflict.column('installation').doUpdateSet({ at: row.at, log })),
        );
      });
    },

    async log(installationId) {
      const select = query.selectFrom('installation_logs').select(['log', 'at']);
      const [row] = await database.all(select.where('installation', '=', installationId));
      return row === undefined ? undefined : { log: row.log, at: new Date(row.at) };
    },
  };
}

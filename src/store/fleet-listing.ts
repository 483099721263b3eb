import type { Database } from './database';
import { toDevice, toInstallation } from './device-rows';

export type FleetListing = ReturnType<typeof createFleetListing>;

/** Lists and counts of the fleet. */
export function createFleetListing(database: Database) {
  const { query } = database;
  return {
    list(asked: { readonly limit: number }) {
      const rows = database.all(query.selectFrom('devices').selectAll().orderBy('id').limit(asked.limit));
      const devices = rows.map((row) => {
        const [installation] = database.all(
          query
            .selectFrom('installations')
            .selectAll()
            .where('id', '=', row.installation_id ?? 0),
        );
        return {
          device: toDevice(row, [], []),
          installation: installation === undefined ? null : toInstallation(installation),
        };
      });
      return { devices, next: null, total: devices.length };
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

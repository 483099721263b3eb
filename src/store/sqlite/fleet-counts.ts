import { sql, type SqlBool } from 'kysely';
import { maxNamedDevices } from '../../core/attention-kind';
import { failedStates, type InstallationState, openStates, toldStates } from '../../core/installation-states';
import type { FleetCounts } from '../../ports/fleet-counts';
import { maxLabels, toSharedCertificates } from '../rows/census-rows';
import type { Database } from './database';
import { toOmitted } from '../rows/device-rows';
import { SpacedCount, sumOfDevices } from '../spaced';
import { createTroubledDevices } from './troubled-devices';

/** Fleet counts for pages, each from its own index. */
export function createFleetCounts(database: Database): FleetCounts {
  const { query } = database;

  async function hasState(state: InstallationState): Promise<boolean> {
    const select = query.selectFrom('installations').select('id').where('state', '=', state).limit(1);
    return (await database.search(select)).length > 0;
  }

  const labels = new SpacedCount(
    () =>
      database.search(
        query
          .selectFrom('device_labels')
          .select(({ fn }) => ['label', fn.countAll<number>().as('devices')])
          .groupBy('label')
          .orderBy('devices', 'desc')
          .orderBy('label')
          .limit(maxLabels),
      ),
    sumOfDevices,
  );

  const devices = createTroubledDevices(database);
  const troubles = new SpacedCount(() => devices.troubled(), sumOfDevices);

  return {
    troubled: () => troubles.get(),

    stopped: (before) => devices.stopped(before),

    async sharedCertificates(since: Date, limit: number) {
      const rows = await database.search(
        query
          .selectFrom('devices')
          .select(['id', 'boards'])
          .where('second_board_at', '>=', since.toISOString())
          .orderBy('second_board_at', 'desc')
          .limit(limit),
      );
      return rows.flatMap(toSharedCertificates);
    },

    async otherClaims() {
      const claims = query.selectFrom('devices').where('claimed_compatible', 'is not', null);
      const counted = claims.select(({ fn }) => fn.countAll<number>().as('devices'));
      const named = claims.select('id').orderBy('id').limit(maxNamedDevices);
      return {
        devices: (await database.search(counted))[0]?.devices ?? 0,
        ids: (await database.search(named)).map(({ id }) => id),
      };
    },

    async silentPollers() {
      // The exact wording of the index, which does not match otherwise.
      const silent = query.selectFrom('devices').where(sql<SqlBool>`poller_omits > ''`);
      const counted = silent
        .select(({ fn }) => ['poller_omits', fn.countAll<number>().as('devices')])
        .groupBy('poller_omits')
        .orderBy('poller_omits');
      const named = async (omits: string | null) => {
        const select = silent.select('id').where('poller_omits', '=', omits).orderBy('id');
        return (await database.search(select.limit(maxNamedDevices))).map(({ id }) => id);
      };
      return Promise.all(
        (await database.search(counted)).map(async ({ poller_omits: omits, devices }) => ({
          omits: toOmitted(omits) ?? [],
          devices,
          ids: await named(omits),
        })),
      );
    },

    async silent(before: Date) {
      const at = before.toISOString();
      const devices = query.selectFrom('devices');
      const counted = devices.select(({ fn }) => fn.countAll<number>().as('devices'));
      // Two indexes cover the query: few devices are held, and the plus keeps SQLite on their index.
      const [all] = await database.search(counted.where('last_contact_at', '<', at));
      const [held] = await database.search(
        counted.where('hold_at', 'is not', null).where(sql<SqlBool>`+last_contact_at < ${at}`),
      );
      const named = devices
        .select('id')
        .where('last_contact_at', '<', at)
        .where(sql<SqlBool>`+hold_at IS NULL`)
        .orderBy('last_contact_at', 'desc')
        .orderBy('id', 'desc')
        .limit(maxNamedDevices);
      return {
        devices: (all?.devices ?? 0) - (held?.devices ?? 0),
        ids: (await database.search(named)).map(({ id }) => id),
      };
    },

    async seenSince(at: Date): Promise<number> {
      const select = query
        .selectFrom('devices')
        .select(({ fn }) => fn.countAll<number>().as('devices'))
        .where('last_contact_at', '>=', at.toISOString());
      return (await database.search(select))[0]?.devices ?? 0;
    },

    async hasOutcome() {
      for (const state of toldStates) if (await hasState(state)) return true;
      return false;
    },

    async labels(limit: number) {
      return (await labels.get()).slice(0, limit);
    },

    async ofBundle({ name, compatible, version }: BundleKey) {
      const devices = query.selectFrom('devices').select(({ fn }) => fn.countAll<number>().as('devices'));
      const count = async (select: typeof devices) => (await database.search(select))[0]?.devices ?? 0;
      // A bundle has few installations compared with the fleet, and a device's latest is found by its id.
      const latest = (states: readonly InstallationState[]) =>
        devices
          .where('installation_id', 'in', (eb) =>
            eb
              .selectFrom('installations')
              .select('installations.id')
              .where('installations.bundle', '=', name)
              .where('installations.state', 'in', [...states]),
          )
          .where('installation_state', 'in', [...states]);
      return {
        running:
          compatible === null || version === null
            ? 0
            : await count(devices.where('compatible', '=', compatible).where('system_version', '=', version)),
        installing: await count(latest(openStates)),
        pinned: await count(devices.where('pin_bundle', '=', name)),
        failed: await count(latest(failedStates)),
      };
    },
  };
}

interface BundleKey {
  readonly name: string;
  readonly compatible: string | null;
  readonly version: string | null;
}

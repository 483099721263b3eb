import { sql, type SqlBool } from 'kysely';
import {
  failedStates,
  type InstallationState,
  openStates,
  toldStates,
  type TroubledState,
  troubledStates,
} from '../../core/installation-states';
import type { FleetCounts } from '../../ports/fleet-counts';
import { toBoards } from './boards-json';
import type { Database } from './database';
import { toOmitted } from './device-rows';
import { spaced } from './spaced';

/** A sentence has room for so many ids. */
const namedDevices = 3;
/** Nobody looks through more. */
const maxLabels = 1_000;

/** Counts of the fleet that pages show, each by an index of its own. */
export function createFleetCounts(database: Database): FleetCounts {
  const { query } = database;

  function hasState(state: InstallationState): boolean {
    const select = query.selectFrom('installations').select('id').where('state', '=', state).limit(1);
    return database.all(select).length > 0;
  }

  function troubled() {
    return database
      .all(
        query
          .selectFrom('devices')
          .innerJoin('installations', 'installations.id', 'devices.installation_id')
          .select(({ fn }) => [
            'devices.compatible',
            'devices.channel',
            'devices.installation_state as state',
            fn.countAll<number>().as('devices'),
          ])
          .where('devices.installation_state', 'in', troubledStates)
          .where('installations.cleared_at', 'is', null)
          .groupBy(['devices.compatible', 'devices.channel', 'devices.installation_state']),
      )
      .map(({ state, ...rest }) => ({ ...rest, state: state as TroubledState }));
  }

  const labels = spaced(
    () =>
      database.all(
        query
          .selectFrom('device_labels')
          .select(({ fn }) => ['label', fn.countAll<number>().as('devices')])
          .groupBy('label')
          .orderBy('devices', 'desc')
          .orderBy('label')
          .limit(maxLabels),
      ),
    sumOf,
  );

  return {
    troubled: spaced(troubled, sumOf),

    stopped(before: Date) {
      return database.all(
        query
          .selectFrom('devices')
          .innerJoin('installations', 'installations.id', 'devices.installation_id')
          .select(({ fn }) => ['devices.compatible', 'devices.channel', fn.countAll<number>().as('devices')])
          .where('devices.installation_state', '=', 'stopped')
          .where('installations.cleared_at', 'is', null)
          .where(({ fn, eb }) =>
            eb(fn.coalesce('installations.moved_at', 'installations.offered_at'), '<=', before.toISOString()),
          )
          .groupBy(['devices.compatible', 'devices.channel']),
      );
    },

    sharedCertificates(since: Date, limit: number) {
      return database
        .all(
          query
            .selectFrom('devices')
            .select(['id', 'boards'])
            .where('second_board_at', '>=', since.toISOString())
            .orderBy('second_board_at', 'desc')
            .limit(limit),
        )
        .flatMap(({ id, boards }) => {
          const { second } = toBoards(boards);
          return second === null ? [] : [{ deviceId: id, own: second.own, other: second.other }];
        });
    },

    otherClaims() {
      const claims = query.selectFrom('devices').where('claimed_compatible', 'is not', null);
      const counted = claims.select(({ fn }) => fn.countAll<number>().as('devices'));
      const named = claims.select('id').orderBy('id').limit(namedDevices);
      return {
        devices: database.all(counted)[0]?.devices ?? 0,
        ids: database.all(named).map(({ id }) => id),
      };
    },

    silentPollers() {
      // In the words of the index, which else does not fit.
      const silent = query.selectFrom('devices').where(sql<SqlBool>`poller_omits > ''`);
      const counted = silent
        .select(({ fn }) => ['poller_omits', fn.countAll<number>().as('devices')])
        .groupBy('poller_omits')
        .orderBy('poller_omits');
      return database.all(counted).map(({ poller_omits: omits, devices }) => {
        const named = silent.select('id').where('poller_omits', '=', omits).orderBy('id').limit(namedDevices);
        return { omits: toOmitted(omits) ?? [], devices, ids: database.all(named).map(({ id }) => id) };
      });
    },

    seenSince(at: Date): number {
      const select = query
        .selectFrom('devices')
        .select(({ fn }) => fn.countAll<number>().as('devices'))
        .where('last_contact_at', '>=', at.toISOString());
      return database.all(select)[0]?.devices ?? 0;
    },

    hasOutcome: () => toldStates.some(hasState),

    labels: (limit: number) => labels().slice(0, limit),

    ofBundle({ name, compatible, version }: BundleKey) {
      const devices = query.selectFrom('devices').select(({ fn }) => fn.countAll<number>().as('devices'));
      const count = (select: typeof devices) => database.all(select)[0]?.devices ?? 0;
      // The installations of a bundle are few beside the fleet, and a device's latest is found by its id.
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
            : count(devices.where('compatible', '=', compatible).where('system_version', '=', version)),
        installing: count(latest(openStates)),
        pinned: count(devices.where('pin_bundle', '=', name)),
        failed: count(latest(failedStates)),
      };
    },
  };
}

function sumOf(counted: readonly { readonly devices: number }[]): number {
  return counted.reduce((sum, { devices }) => sum + devices, 0);
}

interface BundleKey {
  readonly name: string;
  readonly compatible: string | null;
  readonly version: string | null;
}

import { sql } from 'kysely';
import { RecentMap } from '../../base/collections/recent-map';
import { maxNamedDevices } from '../../core/attention-kind';
import {
  failedStates,
  type InstallationState,
  openStates,
  toldStates,
  type TroubledState,
  troubledStates,
} from '../../core/installation-states';
import type {
  BundleDevices,
  FleetCounts,
  NamedDevices,
  SilentPollerCount,
  StoppedDevices,
} from '../../ports/fleet-counts';
import { maxLabels, toSharedCertificates } from '../rows/census-rows';
import { toOmitted } from '../rows/device-rows';
import { SpacedCount, sumOfDevices, whileRecountedMs } from '../spaced';
import type { Database } from './database';
import { query } from './queries';

/** The first devices of a group, by id. */
const firstIds = sql<
  readonly string[]
>`((array_agg(devices.id ORDER BY devices.id))[1:${sql.lit(maxNamedDevices)}])::text[]`;

/** A count for a time that is at most this much later is about the same, in milliseconds. */
const sameMs = 3_600_000;
/** Of how many bundles the counts are kept. */
const keptBundles = 100;

/** Fleet counts for pages. */
export function createFleetCounts(database: Database): FleetCounts {
  const labels = new SpacedCount(
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
    sumOfDevices,
    whileRecountedMs,
  );
  const troubles = new SpacedCount(() => troubled(database), sizeJoined, whileRecountedMs);
  const claims = new SpacedCount(
    () => countClaims(database),
    ({ devices }) => devices,
    whileRecountedMs,
  );
  const pollers = new SpacedCount(() => countPollers(database), sumOfDevices, whileRecountedMs);
  const stopped = spacedByTime((before) => countStopped(database, before), sizeJoined);
  const bundles = new RecentMap<string, SpacedCount<BundleDevices>>(keptBundles);
  const seenSince = spacedByTime(
    (at) => countSeen(database, at),
    (devices) => devices,
  );
  const silent = spacedByTime(
    (before) => countSilent(database, before),
    ({ devices }) => devices,
  );

  return {
    troubled: () => troubles.get(),

    stopped,

    async sharedCertificates(since, limit) {
      const select = query.selectFrom('devices').select(['id', 'boards']);
      const shared = select.where('second_board_at', '>=', since.toISOString());
      const rows = await database.all(shared.orderBy('second_board_at', 'desc').limit(limit));
      return rows.flatMap(toSharedCertificates);
    },

    otherClaims: () => claims.get(),

    silentPollers: () => pollers.get(),

    silent,

    seenSince,

    async hasOutcome() {
      const told = query.selectFrom('installations').select('id').where('state', 'in', toldStates).limit(1);
      return (await database.all(told)).length > 0;
    },

    labels: async (limit) => (await labels.get()).slice(0, limit),

    ofBundle(bundle) {
      const make = () => new SpacedCount(() => ofBundle(database, bundle), sizeOfBundle, whileRecountedMs);
      return bundles.getOrMake(JSON.stringify(bundle), make).get();
    },
  };
}

/** A device and its installation cost ten times as much as a device that is only counted. */
function sizeJoined(counted: Parameters<typeof sumOfDevices>[0]): number {
  return sumOfDevices(counted) * 10;
}

/** A count that depends on a time, which moves on. */
function spacedByTime<Result>(
  count: (at: Date) => Promise<Result>,
  sizeOf: (result: Result) => number,
): (at: Date) => Promise<Result> {
  let latest = new Date(0);
  const make = () => new SpacedCount(() => count(latest), sizeOf, whileRecountedMs);
  let spaced = make();
  return (at) => {
    if (Math.abs(at.getTime() - latest.getTime()) > sameMs) spaced = make();
    latest = at;
    return spaced.get();
  };
}

function countSilent(database: Database, before: Date): Promise<NamedDevices> {
  const isSilent = sql`last_contact_at < ${before.toISOString()} AND hold_at IS NULL`;
  return named(database, isSilent, sql`last_contact_at DESC, id DESC`);
}

function countClaims(database: Database): Promise<NamedDevices> {
  return named(database, sql`claimed_compatible IS NOT NULL`, sql`id`);
}

async function countPollers(database: Database): Promise<readonly SilentPollerCount[]> {
  const select = query
    .selectFrom('devices')
    .select(({ fn }) => ['poller_omits', fn.countAll<number>().as('devices'), firstIds.as('ids')])
    .where('poller_omits', '>', '')
    .groupBy('poller_omits')
    .orderBy('poller_omits');
  const rows = await database.all(select);
  return rows.map(({ poller_omits: omits, ...rest }) => ({ omits: toOmitted(omits) ?? [], ...rest }));
}

async function countStopped(database: Database, before: Date): Promise<readonly StoppedDevices[]> {
  const moved = sql<string>`coalesce(installations.moved_at, installations.offered_at)`;
  const select = uncleared
    .select(({ fn }) => ['compatible', 'channel', fn.countAll<number>().as('devices'), firstIds.as('ids')])
    .where('installation_state', '=', 'stopped')
    .where(moved, '<=', before.toISOString())
    .groupBy(['compatible', 'channel']);
  return database.all(select);
}

async function countSeen(database: Database, since: Date): Promise<number> {
  const select = query.selectFrom('devices').select(({ fn }) => fn.countAll<number>().as('devices'));
  return (await database.all(select.where('last_contact_at', '>=', since.toISOString())))[0]?.devices ?? 0;
}

type Bundle = Parameters<FleetCounts['ofBundle']>[0];

async function ofBundle(database: Database, { name, compatible, version }: Bundle): Promise<BundleDevices> {
  const latest = (states: readonly InstallationState[]) => sql`
    (SELECT count(*) FROM devices JOIN installations ON installations.id = installation_id
      WHERE installations.bundle = ${name} AND installations.state IN (${sql.join(states)})
        AND installation_state IN (${sql.join(states)}))`;
  const counted = sql<BundleDevices>`
    SELECT (SELECT count(*) FROM devices WHERE compatible = ${compatible} AND system_version = ${version}) AS running,
      ${latest(openStates)} AS installing,
      (SELECT count(*) FROM devices WHERE pin_bundle = ${name}) AS pinned,
      ${latest(failedStates)} AS failed`;
  const [found] = await database.all(counted.compile(query));
  return found ?? { running: 0, installing: 0, pinned: 0, failed: 0 };
}

function sizeOfBundle({ running, installing, pinned, failed }: BundleDevices): number {
  return running + installing + pinned + failed;
}

/** A cleared failure is over. */
const uncleared = query
  .selectFrom('devices')
  .innerJoin('installations', 'installations.id', 'devices.installation_id')
  .where('installations.cleared_at', 'is', null);

async function troubled(database: Database) {
  const rows = await database.all(
    uncleared
      .select(({ fn }) => [
        'compatible',
        'channel',
        'installation_state as state',
        fn.countAll<number>().as('devices'),
        firstIds.as('ids'),
      ])
      .where('installation_state', 'in', troubledStates)
      .groupBy(['compatible', 'channel', 'installation_state']),
  );
  return rows.map((row) => ({ ...row, state: row.state as TroubledState }));
}

/** How many devices match, and the first of them in an order. */
async function named(
  database: Database,
  condition: ReturnType<typeof sql>,
  order: ReturnType<typeof sql>,
): Promise<NamedDevices> {
  const select = sql<NamedDevices>`
    SELECT (SELECT count(*) FROM devices WHERE ${condition}) AS devices,
      ARRAY(SELECT id FROM devices WHERE ${condition} ORDER BY ${order} LIMIT ${maxNamedDevices})::text[] AS ids`;
  return (await database.all(select.compile(query)))[0] ?? { devices: 0, ids: [] };
}

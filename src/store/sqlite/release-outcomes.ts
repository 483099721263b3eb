import { sql } from 'kysely';
import type { Installation } from '../../core/installation';
import { mutedStates } from '../../core/installation-states';
import type { Outcomes } from '../../core/release-outcome';
import {
  isSameOutcome,
  isTakenBack,
  type Outcome,
  toOutcome,
  toOutcomesByRelease,
  toStepOutcomes,
} from '../rows/outcome-rows';
import type { Database } from './database';

type OfRelease = Pick<Installation, 'deviceId'> & { readonly releaseId: number };

/** Runs what saves an installation, and counts its device's outcome. Call it inside a transaction. */
export function countingOutcome(
  database: Database,
  { deviceId, releaseId }: Installation,
  save: () => void,
): void {
  if (releaseId === null) {
    save();
    return;
  }
  const before = outcomeOf(database, { deviceId, releaseId });
  save();
  const after = outcomeOf(database, { deviceId, releaseId });
  if (isSameOutcome(before, after)) return;
  if (before !== undefined) add(database, releaseId, before, -1);
  if (after !== undefined) add(database, releaseId, after, 1);
}

/**
 * Subtracts a forgotten device from the counts. The outcome of a finished release stays: only unfinished installations
 * are taken back from it. Call it inside a transaction, before deleting the device.
 */
export function forgetOutcomes(database: Database, deviceId: string): void {
  const { query } = database;
  const releases = database.all(
    query
      .selectFrom('installations')
      .leftJoin('releases', 'releases.id', 'installations.release_id')
      .select(['installations.release_id as id', 'releases.id as current'])
      .where('installations.device', '=', deviceId)
      .where('installations.release_id', 'is not', null)
      .distinct(),
  );
  for (const { id, current } of releases) {
    if (id === null) continue;
    const outcome = outcomeOf(database, { deviceId, releaseId: id });
    if (outcome === undefined) continue;
    if (isTakenBack(outcome, current !== null)) add(database, id, outcome, -1);
  }
}

/** By step, from 0, and state; `null` for devices in no step. */
export async function outcomesOf(database: Database, releaseId: number) {
  const rows = await database.search(
    database.query
      .selectFrom('release_outcomes')
      .select(['step', 'state', 'devices'])
      .where('release_id', '=', releaseId)
      .where('devices', '>', 0)
      .orderBy('step')
      .orderBy('state'),
  );
  return toStepOutcomes(rows);
}

/** The outcomes of many releases, over all steps. Releases without devices are missing. */
export async function outcomesOfAll(
  database: Database,
  releaseIds: readonly number[],
): Promise<ReadonlyMap<number, Outcomes>> {
  const rows = await database.search(
    database.query
      .selectFrom('release_outcomes')
      .select(({ fn }) => ['release_id', 'state', fn.sum<number>('devices').as('devices')])
      .where('release_id', 'in', sql<number>`(SELECT value FROM json_each(${JSON.stringify(releaseIds)}))`)
      .where('devices', '>', 0)
      .groupBy(['release_id', 'state']),
  );
  return toOutcomesByRelease(rows);
}

/** The row exists once a device was offered the release; forgetting a device only lowers its count. */
export function outcomeRow(database: Database, releaseId: number) {
  return database.query
    .selectFrom('release_outcomes')
    .select('release_id')
    .where('release_id', '=', releaseId)
    .limit(1);
}

/** Whether a release was ever offered to any device, as seen by the running transaction. */
export function wasOffered(database: Database, releaseId: number): boolean {
  return database.all(outcomeRow(database, releaseId)).length > 0;
}

/** A device has few installations, so they are found by device, whatever the size of the release. */
function outcomeOf(database: Database, { deviceId, releaseId }: OfRelease): Outcome | undefined {
  const [row] = database.all(
    database.query
      .selectFrom('installations')
      .select(['step', 'state'])
      .where('device', '=', deviceId)
      .where(sql<boolean>`+release_id = ${releaseId}`)
      .orderBy((eb) => eb('state', 'in', mutedStates))
      .orderBy('id', 'desc')
      .limit(1),
  );
  return row && toOutcome(row);
}

function add(database: Database, releaseId: number, { step, state }: Outcome, devices: 1 | -1): void {
  database.all(
    database.query
      .insertInto('release_outcomes')
      .values({ release_id: releaseId, step, state, devices: Math.max(0, devices) })
      .onConflict((conflict) =>
        conflict
          .columns(['release_id', 'step', 'state'])
          .doUpdateSet({ devices: sql<number>`max(0, release_outcomes.devices + ${devices})` }),
      ),
  );
}

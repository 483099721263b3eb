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
import type { Reader } from './database';
import { anyOf, prepared, query } from './queries';
import { together } from './together';
import type { Transaction } from './writer';

type OfRelease = Pick<Installation, 'deviceId'> & { readonly releaseId: number };

/** Runs what saves an installation, and counts its device's outcome. */
export async function countingOutcome(
  transaction: Transaction,
  { deviceId, releaseId }: Installation,
  save: () => Promise<unknown>,
): Promise<void> {
  if (releaseId === null) {
    await save();
    return;
  }
  const outcome = () => outcomeOf(transaction, { deviceId, releaseId });
  const [before, , after] = await together([outcome(), save(), outcome()]);
  if (isSameOutcome(before, after)) return;
  if (before !== undefined) await add(transaction, releaseId, before, -1);
  if (after !== undefined) await add(transaction, releaseId, after, 1);
}

/**
 * Subtracts a forgotten device from the counts. The outcome of a finished release stays: only unfinished installations are taken
 * back from it. Call it before deleting the device.
 */
export async function forgetOutcomes(transaction: Transaction, deviceId: string): Promise<void> {
  const releases = await transaction.all(
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
    const outcome = await outcomeOf(transaction, { deviceId, releaseId: id });
    if (outcome === undefined) continue;
    if (isTakenBack(outcome, current !== null)) await add(transaction, id, outcome, -1);
  }
}

/** By step, from 0, and state; `null` for devices in no step. */
export async function outcomesOf(reader: Reader, releaseId: number) {
  const rows = await reader.all(
    query
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
  reader: Reader,
  releaseIds: readonly number[],
): Promise<ReadonlyMap<number, Outcomes>> {
  const rows = await reader.all(
    query
      .selectFrom('release_outcomes')
      .select(({ fn }) => ['release_id', 'state', fn.sum<number>('devices').as('devices')])
      .where('release_id', 'in', anyOf(releaseIds))
      .where('devices', '>', 0)
      .groupBy(['release_id', 'state']),
  );
  return toOutcomesByRelease(rows);
}

/** Whether a release was ever offered to any device: the row stays when the device is forgotten. */
export async function wasOffered(reader: Reader, releaseId: number): Promise<boolean> {
  const rows = query.selectFrom('release_outcomes').select('release_id').where('release_id', '=', releaseId);
  return (await reader.all(rows.limit(1))).length > 0;
}

/** A device has few installations. */
async function outcomeOf(
  transaction: Transaction,
  { deviceId, releaseId }: OfRelease,
): Promise<Outcome | undefined> {
  const [row] = await transaction.all(
    prepared(
      query
        .selectFrom('installations')
        .select(['step', 'state'])
        .where('device', '=', deviceId)
        .where('release_id', '=', releaseId)
        .orderBy((eb) => eb('state', 'in', mutedStates))
        .orderBy('id', 'desc')
        .limit(1),
    ),
  );
  return row && toOutcome(row);
}

async function add(
  transaction: Transaction,
  releaseId: number,
  { step, state }: Outcome,
  devices: 1 | -1,
): Promise<void> {
  await transaction.all(
    prepared(
      query
        .insertInto('release_outcomes')
        .values({ release_id: releaseId, step, state, devices: Math.max(0, devices) })
        .onConflict((conflict) =>
          conflict.columns(['release_id', 'step', 'state']).doUpdateSet({
            devices: sql<number>`greatest(0, release_outcomes.devices + ${devices}::integer)`,
          }),
        ),
    ),
  );
}

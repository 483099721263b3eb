import { sql } from 'kysely';
import { failedStates, mutedStates } from '../../core/installation-states';
import type { FailureReason, ReleaseEnding } from '../../core/release-end';
import { toRollout } from '../rows/rollout-rows';
import type { Reader } from './database';
import { query } from './queries';
import type { Transaction } from './writer';
import { fromWhyColumns, toWhyColumns } from '../rows/why-columns';

/** How many reasons to keep per release. */
const maxReasons = 10;
/** How many failed installations to examine for them. */
const maxLookedAt = 1_000;
const reasonMaxLength = 300;

/**
 * Keeps how the current release of a channel ended, and the reasons of its failures, which would disappear with its devices. Call it
 * before replacing the release.
 */
export async function saveEnd(
  transaction: Transaction,
  { compatible, channel }: { readonly compatible: string; readonly channel: string },
  how: ReleaseEnding,
): Promise<void> {
  const [line] = await transaction.all(
    query
      .selectFrom('activations')
      .selectAll()
      .where('compatible', '=', compatible)
      .where('channel', '=', channel)
      .orderBy('id', 'desc')
      .limit(1),
  );
  if (line?.action !== 'activate') return;
  const releaseId = line.release_id ?? line.id;
  const ofRelease = query.selectFrom('rollouts').selectAll().where('release_id', '=', releaseId);
  const [row] = await transaction.all(ofRelease);
  const { state, step, reason } = toRollout(row, { by: line.by, at: new Date(line.at) });
  const { text, coded } = toWhyColumns(reason);
  await transaction.all(
    query
      .insertInto('release_ends')
      .values({
        line: line.id,
        how,
        state,
        step,
        reason: text,
        reason_circumstance: coded,
        completed_at: row?.completed_at ?? null,
        counted: row?.counted ?? null,
        failures: JSON.stringify(await failuresOf(transaction, releaseId)),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/** Why devices failed that have not succeeded since: the most frequent reasons first. Examines a bounded number of failures. */
export async function failuresOf(reader: Reader, releaseId: number): Promise<readonly FailureReason[]> {
  const failures = query
    .selectFrom('installations as failed')
    .select([
      'state',
      sql<string | null>`left(message, ${reasonMaxLength}::integer)`.as('reason'),
      'message_circumstance',
    ])
    .where('release_id', '=', releaseId)
    .where('state', 'in', failedStates)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('installations as later')
            .select('later.id')
            .whereRef('later.device', '=', 'failed.device')
            .whereRef('later.id', '>', 'failed.id')
            .whereRef('later.release_id', '=', 'failed.release_id')
            .where('later.state', 'not in', mutedStates),
        ),
      ),
    )
    .limit(maxLookedAt);
  const rows = await reader.all(
    query
      .selectFrom(failures.as('failures'))
      .select(({ fn }) => ['state', 'reason', 'message_circumstance', fn.countAll<number>().as('devices')])
      .groupBy(['state', 'reason', 'message_circumstance'])
      .orderBy('devices', 'desc')
      .limit(maxReasons),
  );
  return rows.map(({ state, reason, message_circumstance: coded, devices }) => ({
    state,
    reason: fromWhyColumns(reason, coded),
    devices,
  }));
}

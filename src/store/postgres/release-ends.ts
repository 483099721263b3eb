import { sql } from 'kysely';
import { failedStates } from '../../core/installation-states';
import type { FailureReason, ReleaseEnding } from '../../core/release-end';
import { failureLimits, isLastResult, toReleaseEndRow } from '../rows/release-result-rows';
import type { Reader } from './database';
import { query } from './queries';
import type { Transaction } from './writer';
import { fromWhyColumns } from '../rows/why-columns';

/**
 * Records how the current release of a channel ended, with the reasons for its failures, which would disappear with its devices.
 * Call it before replacing the release.
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
  const ended = toReleaseEndRow(line, row, how, await failuresOf(transaction, releaseId));
  await transaction.all(
    query
      .insertInto('release_ends')
      .values(ended)
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/**
 * Why devices failed, for those that have not succeeded since; most frequent reasons first. Examines a bounded number of
 * failures.
 */
export async function failuresOf(reader: Reader, releaseId: number): Promise<readonly FailureReason[]> {
  const failures = query
    .selectFrom('installations as failed')
    .select([
      'state',
      sql<string | null>`left(message, ${failureLimits.reasonLength}::integer)`.as('reason'),
      'message_circumstance',
    ])
    .where('release_id', '=', releaseId)
    .where('state', 'in', failedStates)
    .where(isLastResult)
    .limit(failureLimits.examined);
  const rows = await reader.all(
    query
      .selectFrom(failures.as('failures'))
      .select(({ fn }) => ['state', 'reason', 'message_circumstance', fn.countAll<number>().as('devices')])
      .groupBy(['state', 'reason', 'message_circumstance'])
      .orderBy('devices', 'desc')
      .limit(failureLimits.reasons),
  );
  return rows.map(({ state, reason, message_circumstance: coded, devices }) => ({
    state,
    reason: fromWhyColumns(reason, coded),
    devices,
  }));
}

import { failedStates } from '../../core/installation-states';
import type { FailureReason, ReleaseEnding } from '../../core/release-end';
import type { Database } from './database';
import { failureLimits, isLastResult, toReleaseEndRow } from '../rows/release-result-rows';
import { toRollout } from '../rows/rollout-rows';
import { fromWhyColumns } from '../rows/why-columns';

/**
 * Records how the current release of a channel ended, with the reasons for its failures, which would disappear with its
 * devices. Call it inside the transaction that replaces the release, before replacing it.
 */
export function saveEnd(
  database: Database,
  { compatible, channel }: { readonly compatible: string; readonly channel: string },
  how: ReleaseEnding,
): void {
  const { query } = database;
  const [line] = database.all(
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
  const [row] = database.all(query.selectFrom('rollouts').selectAll().where('release_id', '=', releaseId));
  const made = { by: line.by, at: new Date(line.at) };
  const { steps } = toRollout(row, made).policy;
  const ended = toReleaseEndRow(line, row, how, failuresOf(database, releaseId, steps.length));
  database.all(
    query
      .insertInto('release_ends')
      .values(ended)
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/**
 * Why devices failed, for those that have not succeeded since; most frequent reasons first. Examines a bounded number
 * of failures.
 */
export function failuresOf(database: Database, releaseId: number, steps: number): readonly FailureReason[] {
  const reasons = new Map<string, FailureReason>();
  let left: number = failureLimits.examined;
  for (let step = -1; step < steps && left > 0; step += 1) {
    const rows = database.all(
      database.query
        .selectFrom('installations as failed')
        .select(['state', 'message', 'message_circumstance'])
        .where('release_id', '=', releaseId)
        .where('step', step === -1 ? 'is' : '=', step === -1 ? null : step)
        .where('state', 'in', failedStates)
        .where(isLastResult)
        .limit(left),
    );
    left -= rows.length;
    for (const { state, message, message_circumstance: coded } of rows) {
      const reason = fromWhyColumns(message?.slice(0, failureLimits.reasonLength) ?? null, coded);
      const key = `${state}\n${coded ?? message?.slice(0, failureLimits.reasonLength) ?? ''}`;
      reasons.set(key, { state, reason, devices: (reasons.get(key)?.devices ?? 0) + 1 });
    }
  }
  return [...reasons.values()].sort((a, b) => b.devices - a.devices).slice(0, failureLimits.reasons);
}

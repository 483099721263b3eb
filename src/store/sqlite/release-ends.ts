import { failedStates, mutedStates } from '../../core/installation-states';
import type { FailureReason, ReleaseEnding } from '../../core/release-end';
import type { Database } from './database';
import { toRollout } from '../rows/rollout-rows';
import { fromWhyColumns, toWhyColumns } from '../rows/why-columns';

/** How many reasons to keep per release. */
const maxReasons = 10;
/** How many failed installations to examine for them. */
const maxLookedAt = 1_000;
const reasonMaxLength = 300;

/**
 * Keeps how the current release of a channel ended, and the reasons of its failures, which would disappear with its
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
  const { state, step, reason, policy } = toRollout(row, made);
  const { text, coded } = toWhyColumns(reason);
  database.all(
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
        failures: JSON.stringify(failuresOf(database, releaseId, policy.steps.length)),
      })
      .onConflict((conflict) => conflict.doNothing()),
  );
}

/**
 * Why devices failed that have not succeeded since: the most frequent reasons first. Examines a bounded number of
 * failures.
 */
export function failuresOf(database: Database, releaseId: number, steps: number): readonly FailureReason[] {
  const reasons = new Map<string, FailureReason>();
  let left = maxLookedAt;
  for (let step = -1; step < steps && left > 0; step += 1) {
    const rows = database.all(
      database.query
        .selectFrom('installations as failed')
        .select(['state', 'message', 'message_circumstance'])
        .where('release_id', '=', releaseId)
        .where('step', step === -1 ? 'is' : '=', step === -1 ? null : step)
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
        .limit(left),
    );
    left -= rows.length;
    for (const { state, message, message_circumstance: coded } of rows) {
      const reason = fromWhyColumns(message?.slice(0, reasonMaxLength) ?? null, coded);
      const key = `${state}\n${coded ?? message?.slice(0, reasonMaxLength) ?? ''}`;
      reasons.set(key, { state, reason, devices: (reasons.get(key)?.devices ?? 0) + 1 });
    }
  }
  return [...reasons.values()].sort((a, b) => b.devices - a.devices).slice(0, maxReasons);
}

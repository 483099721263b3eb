import type { Insertable, Selectable } from 'kysely';
import { beginRollout, everyoneAtOnce, type Rollout, type RolloutPolicy } from '../core/rollout';
import type { RolloutTable } from './schema';

/** A release made before there were rollouts reaches everyone at once. */
export function toRollout(
  row: Selectable<RolloutTable> | undefined,
  made: { readonly by: string; readonly at: Date },
): Rollout {
  if (row === undefined) return beginRollout(everyoneAtOnce, made.by, made.at);
  return {
    policy: policyFromJson(row.policy),
    state: row.state,
    step: row.step,
    stepStartedAt: new Date(row.step_started_at),
    reason: row.reason,
    changedBy: row.changed_by,
    changedAt: new Date(row.changed_at),
    forgivenFailures: row.forgiven_failures,
  };
}

export function toRolloutRow(releaseId: number, rollout: Rollout): Insertable<RolloutTable> {
  return {
    release_id: releaseId,
    policy: JSON.stringify(rollout.policy),
    state: rollout.state,
    step: rollout.step,
    step_started_at: rollout.stepStartedAt.toISOString(),
    reason: rollout.reason,
    changed_by: rollout.changedBy,
    changed_at: rollout.changedAt.toISOString(),
    forgiven_failures: rollout.forgivenFailures,
  };
}

/** Dates are text in JSON. */
function policyFromJson(json: string): RolloutPolicy {
  const stored = JSON.parse(json) as Omit<RolloutPolicy, 'startAt'> & { readonly startAt: string | null };
  return { ...stored, startAt: stored.startAt === null ? null : new Date(stored.startAt) };
}

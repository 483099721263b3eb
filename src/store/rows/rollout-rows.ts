import type { Insertable, Selectable } from 'kysely';
import { beginRollout, inheritedPolicy, type Rollout, type RolloutPolicy } from '../../core/rollout';
import type { RolloutCount } from '../../core/rollout-count';
import { parseVersionRange } from '../../core/version-range';
import type { RolloutTable } from './schema';
import { fromWhyColumns, toWhyColumns } from './why-columns';

/** A release made before there were rollouts reaches everyone at once. */
export function toRollout(
  row: Selectable<RolloutTable> | undefined,
  made: { readonly by: string; readonly at: Date },
): Rollout {
  if (row === undefined) return beginRollout(inheritedPolicy, made.by, made.at);
  return {
    policy: policyFromJson(row.policy),
    state: row.state,
    step: row.step,
    stepStartedAt: new Date(row.step_started_at),
    reason: fromWhyColumns(row.reason, row.reason_circumstance),
    changedBy: row.changed_by,
    changedAt: new Date(row.changed_at),
    forgivenFailures: row.forgiven_failures,
    completedAt: row.completed_at === null ? null : new Date(row.completed_at),
  };
}

export function toRolloutRow(releaseId: number, rollout: Rollout): Insertable<RolloutTable> {
  const { text, coded } = toWhyColumns(rollout.reason);
  return {
    release_id: releaseId,
    policy: policyToJson(rollout.policy),
    state: rollout.state,
    step: rollout.step,
    step_started_at: rollout.stepStartedAt.toISOString(),
    reason: text,
    reason_circumstance: coded,
    changed_by: rollout.changedBy,
    changed_at: rollout.changedAt.toISOString(),
    forgiven_failures: rollout.forgivenFailures,
    completed_at: rollout.completedAt?.toISOString() ?? null,
  };
}

type StoredPolicy = Omit<RolloutPolicy, 'startAt' | 'from' | 'allowDowngrade'> & {
  readonly startAt: string | null;
  /** Missing in releases that are older than this option. */
  readonly allowDowngrade?: boolean;
  readonly from?: string | null;
};

/** Dates and ranges are text in JSON. */
function policyToJson(policy: RolloutPolicy): string {
  return JSON.stringify({ ...policy, from: policy.from?.text ?? null });
}

function policyFromJson(json: string): RolloutPolicy {
  const stored = JSON.parse(json) as StoredPolicy;
  const { startAt, from = null, allowDowngrade } = stored;
  return {
    ...stored,
    startAt: startAt === null ? null : new Date(startAt),
    from: from === null ? null : parseVersionRange(from),
    ...(allowDowngrade === undefined
      ? { allowDowngrade: true, isDowngradeInherited: true }
      : { allowDowngrade }),
  };
}

export function countToJson(count: RolloutCount): string {
  return JSON.stringify(count);
}

/** Dates are text in JSON. */
export function countFromJson(json: string | null): RolloutCount | null {
  if (json === null) return null;
  const stored = JSON.parse(json) as Omit<RolloutCount, 'countedAt'> & { readonly countedAt: string };
  return { ...stored, countedAt: new Date(stored.countedAt) };
}

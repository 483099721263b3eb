import type { ExpressionBuilder, Insertable, Selectable } from 'kysely';
import { failedStates, mutedStates } from '../../core/installation-states';
import type { Activation } from '../../core/release';
import type { FailureReason, ReleaseEnd, ReleaseEnding } from '../../core/release-end';
import type { Outcomes } from '../../core/release-outcome';
import type { ReleaseResult } from '../../ports/catalog';
import { countFromJson, toRollout } from './rollout-rows';
import type { ActivationTable, InstallationTable, ReleaseEndTable, RolloutTable, Schema } from './schema';
import { fromWhyColumns, toWhyColumns } from './why-columns';

/** What is kept of the failures of a release, so that a release of any size takes little. */
export const failureLimits = {
  reasons: 10,
  /** How many failed installations are examined. */
  examined: 1_000,
  reasonLength: 300,
} as const;

/** A line of the history that made or brought back a release. */
export interface MadeLine extends Pick<Activation, 'id' | 'by' | 'at'> {
  readonly releaseId: number;
}

/** The database's rows about such a line. */
export interface ResultRows {
  /** `undefined` as long as the rollout has no row of its own. */
  readonly rollout: Selectable<RolloutTable> | undefined;
  readonly outcomes: Outcomes;
  /** What replaced it; `undefined` while it is the latest of its channel. */
  readonly next: ReleaseEnd | undefined;
  /** `undefined` also for a release that ended under an earlier version of the server. */
  readonly end: Selectable<ReleaseEndTable> | undefined;
}

/** The lines that made a release. */
export function madeLines(lines: readonly Activation[]): readonly MadeLine[] {
  return lines.flatMap(({ id, by, at, releaseId }) =>
    releaseId === null ? [] : [{ id, by, at, releaseId }],
  );
}

/** How the release of a line ended, with the reasons for its failures. */
export function toReleaseEndRow(
  line: Selectable<ActivationTable>,
  rollout: Selectable<RolloutTable> | undefined,
  how: ReleaseEnding,
  failures: readonly FailureReason[],
): Insertable<ReleaseEndTable> {
  const { state, step, reason } = toRollout(rollout, { by: line.by, at: new Date(line.at) });
  const { text, coded } = toWhyColumns(reason);
  return {
    line: line.id,
    how,
    state,
    step,
    reason: text,
    reason_circumstance: coded,
    completed_at: rollout?.completed_at ?? null,
    counted: rollout?.counted ?? null,
    failures: JSON.stringify(failures),
  };
}

/** What a later line did to the release, as far as that line says. */
export function toReleaseEnd({
  at,
  action,
  bundle,
  release_id: brought,
}: Pick<Selectable<ActivationTable>, 'at' | 'action' | 'bundle' | 'release_id'>): ReleaseEnd {
  const how = action === 'deactivate' ? 'deactivated' : brought === null ? 'replaced' : 'rolled-back-to';
  return { how, bundleName: bundle, at: new Date(at) };
}

/** The condition that a device's failed installation is still its last result with that release. */
export function isLastResult(query: ExpressionBuilder<Schema & { failed: InstallationTable }, 'failed'>) {
  return query.not(
    query.exists(
      query
        .selectFrom('installations as later')
        .select('later.id')
        .whereRef('later.device', '=', 'failed.device')
        .whereRef('later.id', '>', 'failed.id')
        .whereRef('later.release_id', '=', 'failed.release_id')
        .where('later.state', 'not in', mutedStates),
    ),
  );
}

/** Whether its failures must be read: there are some, and they were not recorded. */
export function needsFailures({ end, next, outcomes }: ResultRows): boolean {
  return (
    (end === undefined || next === undefined) && failedStates.some((state) => outcomes[state] !== undefined)
  );
}

/** @param failures as {@link needsFailures} asks for them; none otherwise */
export function toReleaseResult(
  { by, at }: Pick<MadeLine, 'by' | 'at'>,
  { rollout: row, outcomes, next, end }: ResultRows,
  failures: readonly FailureReason[],
): ReleaseResult {
  const rollout = toRollout(row, { by, at });
  if (end === undefined || next === undefined) {
    const count = countFromJson(row?.counted ?? null);
    return { rollout, outcomes, end: next ?? null, left: rollout, count, failures };
  }
  const { state, step, how, completed_at: completedAt } = end;
  const left = {
    state,
    step,
    reason: fromWhyColumns(end.reason, end.reason_circumstance),
    completedAt: completedAt === null ? null : new Date(completedAt),
  };
  const count = countFromJson(end.counted);
  const kept = JSON.parse(end.failures) as FailureReason[];
  return { rollout, outcomes, end: { ...next, how }, left, count, failures: kept };
}

import type { BackTargetJson, HistoryLineJson, ReleaseResultJson } from '../../../contract/release-history';
import type { Activation } from '../../../core/release';
import { outcomeOf } from '../../../core/release-end';
import { summarizeOutcomes } from '../../../core/release-outcome';
import { provenPercent } from '../../../core/rollout-count';
import type { BackTarget } from '../../../services/rollouts/go-back';
import type { ReleaseResult } from '../../../ports/catalog';
import { presentWhy } from '../../../contract/present-why';
import { presentActivation } from './release-json';
import { presentPolicy, presentTotal } from './rollout-json';

export function presentHistoryLine(line: Activation, result: ReleaseResult | undefined): HistoryLineJson {
  return {
    ...presentActivation(line),
    ended_at: result?.end?.at.toISOString() ?? null,
    ended_by: result?.end?.bundleName ?? null,
    result: result === undefined ? null : presentResult(line, result),
  };
}

export function presentBackTarget(target: BackTarget): BackTargetJson {
  const { made, bundle, rollout, isProven } = target;
  return {
    release_id: made.releaseId,
    bundle: bundle.name,
    version: bundle.inspection.manifest?.version ?? null,
    released_at: made.at.toISOString(),
    released_by: made.by,
    policy: presentPolicy(rollout.policy),
    result: presentResult(made, target.result),
    ever_proven: isProven,
  };
}

function presentResult({ at }: Activation, result: ReleaseResult): ReleaseResultJson {
  const { rollout, outcomes, left, end, count, failures } = result;
  const { rolledBack, ...summary } = summarizeOutcomes(outcomes);
  const until = left.completedAt ?? end?.at ?? null;
  return {
    outcome: outcomeOf(left, end?.how ?? null),
    completed_at: left.completedAt?.toISOString() ?? null,
    duration_seconds:
      until === null ? null : Math.max(0, Math.round((until.getTime() - at.getTime()) / 1_000)),
    percent: count === null ? null : provenPercent(count),
    total: count === null ? null : { ...presentTotal(count), counted_at: count.countedAt.toISOString() },
    state: left.state,
    step: left.step + 1,
    steps: rollout.policy.steps.length,
    ...presentWhy(left.reason),
    ...summary,
    rolled_back: rolledBack,
    failures: failures.map(({ state, reason, devices }) => ({ state, ...presentWhy(reason), devices })),
    outcomes: { ...outcomes },
  };
}

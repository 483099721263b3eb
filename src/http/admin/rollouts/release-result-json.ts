import type { BackTargetJson, HistoryLineJson, ReleaseResultJson } from '../../../contract/release-history';
import type { Activation } from '../../../core/release';
import { summarizeOutcomes } from '../../../core/release-outcome';
import type { BackTarget } from '../../../services/rollouts/go-back';
import type { ReleaseResult } from '../../../ports/catalog';
import { presentActivation } from './release-json';
import { presentPolicy } from './rollout-json';

export function presentHistoryLine(line: Activation, result: ReleaseResult | undefined): HistoryLineJson {
  return {
    ...presentActivation(line),
    ended_at: result?.endedAt?.toISOString() ?? null,
    result: result === undefined ? null : presentResult(result),
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
    result: presentResult(target),
    ever_proven: isProven,
  };
}

function presentResult({
  rollout,
  outcomes,
}: Pick<ReleaseResult, 'rollout' | 'outcomes'>): ReleaseResultJson {
  return {
    state: rollout.state,
    step: rollout.step + 1,
    steps: rollout.policy.steps.length,
    reason: rollout.reason,
    ...summarizeOutcomes(outcomes),
    outcomes: { ...outcomes },
  };
}

import type { PolicyJson } from '../../../contract/policy';
import type { MeantDevicesJson, RolloutJson, RolloutProgressJson } from '../../../contract/rollout';
import { snakeCase } from '../../../base/text/field-names';
import { sayWhy } from '../../../core/circumstances/sentences';
import { formatWindow } from '../../../core/maintenance-window';
import type { Release } from '../../../core/release';
import type { RolloutPolicy } from '../../../core/rollout';
import type { RolloutCount } from '../../../core/rollout-count';
import { formatSteps } from '../../../core/rollout-policy';
import { presentWhy } from '../../../contract/present-why';
import type { RolloutProgressReport } from '../../../services/rollouts/describe-rollout';

export function presentRollout({ rollout }: Release): RolloutJson {
  return {
    state: rollout.state,
    step: rollout.step + 1,
    steps: rollout.policy.steps.length,
    step_started_at: rollout.stepStartedAt.toISOString(),
    ...presentWhy(rollout.reason),
    changed_by: rollout.changedBy,
    changed_at: rollout.changedAt.toISOString(),
    completed_at: rollout.completedAt?.toISOString() ?? null,
    policy: presentPolicy(rollout.policy),
  };
}

export function presentProgress(progress: RolloutProgressReport): RolloutProgressJson {
  return {
    total: presentTotal(progress.total),
    steps: progress.steps.map(({ step, devices, proven, installations }) => ({
      step: formatSteps([step]),
      devices,
      proven,
      installations: { ...installations },
    })),
    in_progress: progress.inProgress,
    failures_in_step: progress.failuresInStep,
    next: sayWhy(progress.next),
    next_code: progress.next.code,
    next_parameters: snakeCase(progress.next.parameters),
    counted_at: progress.countedAt.toISOString(),
  };
}

export function presentTotal(count: RolloutCount): MeantDevicesJson {
  const { devices, proven, silent, notReached, held, pinned } = count;
  return { devices, proven, silent, not_reached: notReached, held, pinned };
}

export function presentPolicy(policy: RolloutPolicy): PolicyJson {
  return {
    steps: formatSteps(policy.steps),
    start_at: policy.startAt?.toISOString() ?? null,
    promote_at_percent: policy.promoteAtPercent,
    pause_at_failures: policy.pauseAtFailures,
    pause_at_percent: policy.pauseAtPercent,
    max_in_progress: policy.maxInProgress,
    window: policy.window === null ? null : formatWindow(policy.window),
    allow_downgrade: policy.allowDowngrade,
    from: policy.from?.text ?? null,
  };
}

import { z } from 'zod';
import { formatWindow } from '../../../core/maintenance-window';
import type { Release } from '../../../core/release';
import type { RolloutPolicy } from '../../../core/rollout';
import { formatSteps } from '../../../core/rollout-policy';
import type { RolloutProgressReport } from '../../../services/rollouts/describe-rollout';
import { releaseJson } from './release-json';

const instant = z.iso.datetime();
const nullableNumber = z.number().nullable();

export const policyJson = z.object({
  steps: z.string().describe('such as 5,25,100'),
  start_at: instant.nullable(),
  promote_at_percent: nullableNumber.describe('null: people promote'),
  pause_at_failures: nullableNumber.describe('devices; one that fails again counts once'),
  pause_at_percent: nullableNumber,
  max_in_progress: nullableNumber,
  window: z.string().nullable(),
  allow_downgrade: z.boolean().describe('it also reaches devices that run a newer version'),
  from: z.string().nullable().describe('the versions that it may start from; null: any'),
});

export const rolloutJson = z.object({
  state: z.enum(['running', 'paused', 'aborted']),
  step: z.number().int().describe('from 1'),
  steps: z.number().int(),
  step_started_at: instant,
  reason: z.string().nullable(),
  changed_by: z.string(),
  changed_at: instant,
  policy: policyJson,
});

export const releaseWithRolloutJson = releaseJson.extend({ rollout: rolloutJson });

export const rolloutProgressJson = z.object({
  steps: z.array(
    z.object({
      step: z.string().describe('as in the policy'),
      devices: z.number().int().describe('that this step reaches first'),
      proven: z.number().int(),
      installations: z
        .record(z.string(), z.number().int())
        .describe('these devices by the state of their installation'),
    }),
  ),
  in_progress: z.number().int(),
  failures_in_step: z.number().int().describe('devices; one that fails again counts once'),
  next: z.string().describe('what it waits for'),
  counted_at: instant,
});

export function presentRollout({ rollout }: Release): z.infer<typeof rolloutJson> {
  return {
    state: rollout.state,
    step: rollout.step + 1,
    steps: rollout.policy.steps.length,
    step_started_at: rollout.stepStartedAt.toISOString(),
    reason: rollout.reason,
    changed_by: rollout.changedBy,
    changed_at: rollout.changedAt.toISOString(),
    policy: presentPolicy(rollout.policy),
  };
}

export function presentProgress(progress: RolloutProgressReport): z.infer<typeof rolloutProgressJson> {
  return {
    steps: progress.steps.map(({ step, devices, proven, installations }) => ({
      step: formatSteps([step]),
      devices,
      proven,
      installations: { ...installations },
    })),
    in_progress: progress.inProgress,
    failures_in_step: progress.failuresInStep,
    next: progress.next,
    counted_at: progress.countedAt.toISOString(),
  };
}

export function presentPolicy(policy: RolloutPolicy): z.infer<typeof policyJson> {
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

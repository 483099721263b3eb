import { z } from 'zod';
import type { Activation } from '../../../core/release';
import { summarizeOutcomes } from '../../../core/release-outcome';
import type { BackTarget } from '../../../services/rollouts/go-back';
import type { ReleaseResult } from '../../../ports/catalog';
import { activationJson, presentActivation } from './release-json';
import { policyJson, presentPolicy } from './rollout-json';

const instant = z.iso.datetime();
const count = z.number().int();

const resultJson = z.object({
  state: z.enum(['running', 'paused', 'aborted']).describe('the rollout as it was left'),
  step: count.describe('the step that it reached, from 1'),
  steps: count,
  reason: z.string().nullable(),
  devices: count.describe('devices that began to install it'),
  proven: count.describe('of them: proven'),
  failed: count.describe('of them: failed or rolled back, each once'),
  outcomes: z.record(z.string(), count).describe('devices by the state of their installation'),
});

/** A line of the history, with what its release came to. */
export const historyLineJson = activationJson.extend({
  ended_at: instant.nullable().describe('when something else took its place; null while it is the last'),
  result: resultJson.nullable().describe('what the release came to; null for a deactivation'),
});

export const backTargetJson = z.object({
  release_id: count,
  bundle: z.string(),
  version: z.string().nullable(),
  released_at: instant,
  released_by: z.string(),
  policy: policyJson,
  result: resultJson,
  ever_proven: z
    .boolean()
    .describe('a device has proven the bundle or runs its version; else going back needs "unproven": true'),
});

export function presentHistoryLine(
  line: Activation,
  result: ReleaseResult | undefined,
): z.infer<typeof historyLineJson> {
  return {
    ...presentActivation(line),
    ended_at: result?.endedAt?.toISOString() ?? null,
    result: result === undefined ? null : presentResult(result),
  };
}

export function presentBackTarget(target: BackTarget): z.infer<typeof backTargetJson> {
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
}: Pick<ReleaseResult, 'rollout' | 'outcomes'>): z.infer<typeof resultJson> {
  return {
    state: rollout.state,
    step: rollout.step + 1,
    steps: rollout.policy.steps.length,
    reason: rollout.reason,
    ...summarizeOutcomes(outcomes),
    outcomes: { ...outcomes },
  };
}

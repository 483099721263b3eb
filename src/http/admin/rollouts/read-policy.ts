import type { PolicyFields } from '../../../contract/policy';
import { parseWindow } from '../../../core/maintenance-window';
import { everyoneAtOnce, type RolloutPolicy } from '../../../core/rollout';
import { parsePolicy, parseSteps } from '../../../core/rollout-policy';
import { parseVersionRange } from '../../../core/version-range';

/**
 * @returns `undefined` when no policy was given
 * @throws DomainError `invalid-input`
 */
export function readPolicy(fields: PolicyFields): RolloutPolicy | undefined {
  const { steps, start_at: startAt, window, from } = fields;
  const policy: RolloutPolicy = {
    steps: steps === undefined ? everyoneAtOnce.steps : parseSteps(steps),
    startAt: startAt === undefined || startAt === '' ? null : new Date(startAt),
    promoteAtPercent: fields.promote_at_percent,
    pauseAtFailures: fields.pause_at_failures,
    pauseAtPercent: fields.pause_at_percent,
    maxInProgress: fields.max_in_progress,
    window: window === undefined ? null : parseWindow(window),
    allowDowngrade: fields.allow_downgrade,
    from: from === undefined ? null : parseVersionRange(from),
  };
  const isSaid =
    steps !== undefined ||
    policy.allowDowngrade ||
    Object.entries(policy).some(
      ([key, value]) => key !== 'steps' && key !== 'allowDowngrade' && value !== null,
    );
  return isSaid ? parsePolicy(policy) : undefined;
}

import { circumstance } from './circumstances/catalogue';
import type { Circumstance, Why } from './reasons/why';
import type { Rollout } from './rollout';
import type { RolloutCount } from './rollout-count';

/** The devices of a release, as far as its rollout's next move depends on them. */
export interface RolloutProgress {
  /** Devices that the present step is the first to reach; `null` before they were counted. */
  readonly devices: number | null;
  /** How many of them are proven. */
  readonly proven: number;
  /** Devices that failed or rolled back so far. */
  readonly failures: number;
}

export type RolloutMove =
  { readonly kind: 'pause'; readonly reason: Why } | { readonly kind: 'promote'; readonly reason: Why };

/**
 * What a running rollout does next on its own, or `null`. It depends only on its arguments, so it gives the same answer twice,
 * and a different one after a move.
 */
export function nextMove(rollout: Rollout, progress: RolloutProgress): RolloutMove | null {
  if (rollout.state !== 'running') return null;
  const { pauseAtFailures, pauseAtPercent, promoteAtPercent, steps } = rollout.policy;
  const { devices, proven } = progress;
  const failures = progress.failures - rollout.forgivenFailures;
  if (failures > 0) {
    if (pauseAtFailures !== null && failures >= pauseAtFailures)
      return { kind: 'pause', reason: circumstance('failures-in-step', { failures, devices: null }) };
    const isShare =
      devices !== null && (failures / Math.max(devices, failures)) * 100 >= (pauseAtPercent ?? Infinity);
    if (isShare) return { kind: 'pause', reason: circumstance('failures-in-step', { failures, devices }) };
  }
  const isLast = rollout.step >= steps.length - 1;
  if (isLast || promoteAtPercent === null || devices === null || devices === 0) return null;
  if ((proven / devices) * 100 < promoteAtPercent) return null;
  return {
    kind: 'promote',
    reason: circumstance('step-proven', { proven, devices, step: rollout.step + 1 }),
  };
}

/** What a rollout waits for. */
export function whatNext(
  rollout: Rollout,
  { devices, proven }: RolloutProgress,
  count: Pick<RolloutCount, 'devices' | 'proven' | 'silent'> | null = null,
): Circumstance {
  const { policy, state, step } = rollout;
  if (state === 'aborted') return circumstance('next-is-nothing');
  if (state === 'paused') return circumstance('next-is-resumed');
  if (step >= policy.steps.length - 1) return nextOfLastStep(rollout, count);
  const { promoteAtPercent: percent } = policy;
  if (percent === null) return circumstance('next-is-promoted');
  if (devices === null || devices === 0) return circumstance('next-has-no-device');
  return circumstance('next-at-share', { proven, devices, percent });
}

function nextOfLastStep(
  { completedAt }: Rollout,
  count: Pick<RolloutCount, 'devices' | 'proven' | 'silent'> | null,
): Circumstance {
  const { devices, proven, silent } = count ?? { devices: 0, proven: 0, silent: 0 };
  const open = devices - proven;
  return completedAt === null
    ? circumstance('next-is-last', { open, silent })
    : circumstance('next-is-complete', { later: open });
}

import type { Rollout } from './rollout';

/**
 * The devices that a rollout is meant for: those of its channel that a step reaches and that its versions do not leave out, silent
 * ones among them. Those that somebody holds or has pinned are not waited for, nor those that nobody has heard of yet.
 */
export interface RolloutCount {
  readonly devices: number;
  /** Of them: a boot has shown that they run it. */
  readonly proven: number;
  /** Of them: not proven, and not heard of for long. They keep the rollout from being complete. */
  readonly silent: number;
  /** Of them: not proven, and it was never offered to them. */
  readonly notReached: number;
  /** Beside them: not proven, and held. */
  readonly held: number;
  /** Beside them: not proven, and pinned. */
  readonly pinned: number;
  readonly countedAt: Date;
}

/** Whether a rollout is complete now that was not before: it runs in its last step, and all devices that it is meant for are proven. */
export function isNowComplete(rollout: Rollout, { devices, proven }: RolloutCount): boolean {
  const { state, step, policy, completedAt } = rollout;
  return (
    completedAt === null &&
    state === 'running' &&
    step >= policy.steps.length - 1 &&
    devices > 0 &&
    proven >= devices
  );
}

/** How many percent of the devices are proven, rounded down; `null` without devices. */
export function provenPercent({ devices, proven }: Pick<RolloutCount, 'devices' | 'proven'>): number | null {
  return devices === 0 ? null : Math.floor((proven / devices) * 100);
}

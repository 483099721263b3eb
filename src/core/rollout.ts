import { circumstance } from './circumstances/catalogue';
import type { Circumstance, Why } from './reasons/why';
import type { RolloutCount } from './rollout-count';
import type { MaintenanceWindow } from './maintenance-window';
import type { VersionRange } from './version-range';

/** Whom a step reaches in addition to the steps before it. */
export type RolloutStep =
  | { readonly kind: 'percent'; /** 1 to 100, of all devices. */ readonly percent: number }
  | { readonly kind: 'group'; /** Devices with this label. */ readonly label: string };

/** How a release reaches its devices. */
export interface RolloutPolicy {
  /** Nothing is offered before. */
  readonly startAt: Date | null;
  /** At least one. Percentages only grow. */
  readonly steps: readonly RolloutStep[];
  /** Goes to the next step when so many percent of the step's devices are proven; `null`: people promote. */
  readonly promoteAtPercent: number | null;
  /** Pauses when so many devices failed or rolled back since the step began: six failures of one device are one. */
  readonly pauseAtFailures: number | null;
  /** Pauses when so many percent of the step's devices failed or rolled back since the step began. */
  readonly pauseAtPercent: number | null;
  /** Not more installations in progress at a time. */
  readonly maxInProgress: number | null;
  readonly window: MaintenanceWindow | null;
  /** Whether it also reaches devices that run a newer version. */
  readonly allowDowngrade: boolean;
  /** The release predates the choice about downgrades, and keeps what it allowed. */
  readonly isDowngradeInherited?: true;
  /** The versions that it may start from; `null`: any. */
  readonly from: VersionRange | null;
}

export const everyoneAtOnce: RolloutPolicy = {
  startAt: null,
  steps: [{ kind: 'percent', percent: 100 }],
  promoteAtPercent: null,
  pauseAtFailures: null,
  pauseAtPercent: null,
  maxInProgress: null,
  window: null,
  allowDowngrade: false,
  from: null,
};

/** What a release allowed that was made before anybody was asked about downgrades. */
export const everyoneAsBefore: RolloutPolicy = {
  ...everyoneAtOnce,
  allowDowngrade: true,
  isDowngradeInherited: true,
};

/** A policy that allows downgrades, as a pin does. */
export function allowingDowngrade(policy: RolloutPolicy): RolloutPolicy {
  const decided = { ...policy, allowDowngrade: true };
  delete decided.isDowngradeInherited;
  return decided;
}

export const rolloutStates = ['running', 'paused', 'aborted'] as const;
export type RolloutState = (typeof rolloutStates)[number];

/** The state of a rollout. */
export interface Rollout {
  readonly policy: RolloutPolicy;
  readonly state: RolloutState;
  /** Index of the step that is reached. */
  readonly step: number;
  readonly stepStartedAt: Date;
  /** Why it is paused or aborted. */
  readonly reason: Why | null;
  /** Who changed it last: a person, or `server`. */
  readonly changedBy: string;
  readonly changedAt: Date;
  /** Devices whose failures and rollbacks were accepted by resuming: they do not pause it again. */
  readonly forgivenFailures: number;
  /** When all devices that it is meant for were proven; devices that come later change nothing about that. */
  readonly completedAt: Date | null;
}

export function beginRollout(policy: RolloutPolicy, by: string, at: Date): Rollout {
  return {
    policy,
    state: 'running',
    step: 0,
    stepStartedAt: at,
    reason: null,
    changedBy: by,
    changedAt: at,
    forgivenFailures: 0,
    completedAt: null,
  };
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

/** The devices of a release, as far as its rollout's next move depends on them. */
export interface RolloutProgress {
  /** Devices that the present step reaches first; `null` before they were counted. */
  readonly devices: number | null;
  /** Of them: proven. */
  readonly proven: number;
  /** Devices that failed or rolled back so far. */
  readonly failures: number;
}

export type RolloutMove =
  { readonly kind: 'pause'; readonly reason: Why } | { readonly kind: 'promote'; readonly reason: Why };

/**
 * What a running rollout does next on its own, or `null`. It depends only on its arguments: asked twice it says the same, and
 * after a move it says something else.
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
  if (step >= policy.steps.length - 1) return whatLast(rollout, count);
  const { promoteAtPercent: percent } = policy;
  if (percent === null) return circumstance('next-is-promoted');
  if (devices === null || devices === 0) return circumstance('next-has-no-device');
  return circumstance('next-at-share', { proven, devices, percent });
}

function whatLast(
  { completedAt }: Rollout,
  count: Pick<RolloutCount, 'devices' | 'proven' | 'silent'> | null,
): Circumstance {
  const { devices, proven, silent } = count ?? { devices: 0, proven: 0, silent: 0 };
  const open = devices - proven;
  return completedAt === null
    ? circumstance('next-is-last', { open, silent })
    : circumstance('next-is-complete', { later: open });
}

import type { Why } from './reasons/why';
import type { RolloutCount } from './rollout-count';
import type { MaintenanceWindow } from './maintenance-window';
import type { VersionRange } from './version-range';

/** The devices that a step reaches in addition to the previous steps. */
export type RolloutStep =
  | { readonly kind: 'percent'; /** 1 to 100, of all devices. */ readonly percent: number }
  | { readonly kind: 'group'; /** Devices with this label. */ readonly label: string }
  | {
      readonly kind: 'attribute';
      /** Devices that report this about themselves: a name as in `DeviceFacts.attributes`, with exactly this value. */
      readonly name: string;
      readonly value: string;
    };

/** How a release reaches its devices. */
export interface RolloutPolicy {
  /** Nothing is offered before this time. */
  readonly startAt: Date | null;
  /** At least one. Percentages only grow. */
  readonly steps: readonly RolloutStep[];
  /** Percentage of the step's devices that must be proven before the next step begins; `null` if people promote. */
  readonly promoteAtPercent: number | null;
  /** Pauses when this many devices failed or rolled back since the step began. Each device counts once. */
  readonly pauseAtFailures: number | null;
  /** Pauses when this percentage of the step's devices failed or rolled back since the step began. */
  readonly pauseAtPercent: number | null;
  /** How many installations may be in progress at a time. */
  readonly maxInProgress: number | null;
  readonly window: MaintenanceWindow | null;
  /** Whether it also reaches devices that run a newer version. */
  readonly allowDowngrade: boolean;
  /** The release is older than the choice about downgrades, and still allows them. */
  readonly isDowngradeInherited?: true;
  /** The versions from which it may start; `null` for any. */
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

/** The policy of a release that was made before there was a choice about downgrades. */
export const inheritedPolicy: RolloutPolicy = {
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
  /** Index of the current step. */
  readonly step: number;
  readonly stepStartedAt: Date;
  /** Why it is paused or aborted. */
  readonly reason: Why | null;
  /** Who changed it last: a person, or `server`. */
  readonly changedBy: string;
  readonly changedAt: Date;
  /** How many devices have failures and rollbacks that someone accepted by resuming. They do not pause it again. */
  readonly forgivenFailures: number;
  /** When all devices for which it is meant were proven. Devices added later do not change it. */
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

/** Whether a rollout has just become complete: it runs in its last step, and all devices for which it is meant are proven. */
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

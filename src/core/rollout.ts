import type { Why } from './reasons/why';
import type { RolloutCount } from './rollout-count';
import type { MaintenanceWindow } from './maintenance-window';
import type { VersionRange } from './version-range';

/** Whom a step reaches in addition to the steps before it. */
export type RolloutStep =
  | { readonly kind: 'percent'; /** 1 to 100, of all devices. */ readonly percent: number }
  | { readonly kind: 'group'; /** Devices with this label. */ readonly label: string }
  | {
      readonly kind: 'attribute';
      /** Devices that tell this of themselves: a name as in `DeviceFacts.attributes`, with exactly this value. */
      readonly name: string;
      readonly value: string;
    };

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

/** What a release allowed that was made before anyone was asked about downgrades. */
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

import type { Read } from '../../contract/reader';
import type { RolloutJson, RolloutProgressJson } from '../../contract/rollout';
import { failedStates } from '../../core/installation-states';

/**
 * What `rollout wait` waits for: `proven` for every device of the steps reached so far, `complete` for the server to
 * mark the rollout as complete.
 */
export const waitTargets = ['proven', 'complete'] as const;
export type WaitTarget = (typeof waitTargets)[number];

/** The part of a release that the judgement needs. */
export interface WaitedRelease {
  readonly rollout: Read<Pick<RolloutJson, 'state' | 'step' | 'steps'>> & {
    /** An older server does not send it: then the steps decide whether the rollout is complete. */
    readonly completed_at?: string | null | undefined;
  };
  readonly progress: Pick<RolloutProgressJson, 'steps' | 'in_progress'>;
}

export interface ReachedCounts {
  readonly devices: number;
  readonly proven: number;
  /** Failed, rolled back or refused, each device once. */
  readonly failed: number;
}

/** Counts the devices of the steps reached so far. */
export function countReached({ rollout, progress }: WaitedRelease): ReachedCounts {
  const reached = progress.steps.slice(0, rollout.step);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    devices: sum(reached.map(({ devices }) => devices)),
    proven: sum(reached.map(({ proven }) => proven)),
    failed: sum(
      reached.flatMap(({ installations }) => failedStates.map((state) => installations[state] ?? 0)),
    ),
  };
}

/**
 * Decides whether the wait is over. A release that reaches no device has proven nothing. It has failed when a person
 * must act: it is paused or aborted, or nothing is in progress and a device that the target needs has failed.
 */
export function judgeWait(release: WaitedRelease, target: WaitTarget): 'reached' | 'failed' | 'waiting' {
  const { rollout, progress } = release;
  const { devices, proven, failed } = countReached(release);
  const isFarEnough = target === 'proven' || rollout.step === rollout.steps;
  const completedAt = target === 'complete' ? rollout.completed_at : undefined;
  const isReached = isFarEnough && devices > 0 && proven >= devices;
  if (completedAt === undefined ? isReached : completedAt !== null) return 'reached';
  if (rollout.state !== 'running') return 'failed';
  const isSettled = progress.in_progress === 0 && proven + failed >= devices;
  return isFarEnough && failed > 0 && isSettled ? 'failed' : 'waiting';
}

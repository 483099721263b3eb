import type { Circumstance } from '../../core/reasons/why';
import type { InstallationState } from '../../core/installation-states';
import type { Release } from '../../core/release';
import type { RolloutStep } from '../../core/rollout';
import { whatNext } from '../../core/rollout-move';
import type { RolloutCount } from '../../core/rollout-count';
import type { AdvanceRollouts } from './advance-rollouts';
import type { FleetListing } from '../../ports/fleet-queries';
import type { Fleet } from '../../ports/fleet';
import type { Clock } from '../../ports/clock';

export interface StepProgress {
  readonly step: RolloutStep;
  /** Devices that this step is the first to reach. */
  readonly devices: number;
  readonly proven: number;
  /** These devices by the state of their installation. */
  readonly installations: Readonly<Partial<Record<InstallationState, number>>>;
}

export interface RolloutProgressReport {
  readonly steps: readonly StepProgress[];
  readonly inProgress: number;
  /** Devices that failed or rolled back since the step began or the rollout was resumed. */
  readonly failuresInStep: number;
  /** What it waits for, for people. */
  readonly next: Circumstance;
  /** The count over all steps. */
  readonly total: RolloutCount;
  readonly countedAt: Date;
}

/** Describes how far a release has come. It counts the fleet, in pages. */
export type DescribeRollout = (release: Release) => Promise<RolloutProgressReport>;

export interface DescribeRolloutPorts {
  readonly advanceRollouts: AdvanceRollouts;
  readonly listing: Pick<FleetListing, 'outcomes'>;
  readonly fleet: Pick<Fleet, 'counting'>;
  readonly now: Clock;
}

/** How long a count of the fleet is reused. */
const freshMs = 2_000;

export function createDescribeRollout(ports: DescribeRolloutPorts): DescribeRollout {
  const { advanceRollouts, listing, fleet, now } = ports;
  return async (release) => {
    const known = advanceRollouts.counted(release.id);
    const isFresh = known !== undefined && Math.abs(now().getTime() - known.countedAt.getTime()) < freshMs;
    const counted = isFresh ? known : await advanceRollouts.count(release);
    const outcomes = await listing.outcomes(release.id);
    const { policy, forgivenFailures, step: present } = release.rollout;
    const { failures, inProgress } = await fleet.counting((numbers) => ({
      failures: numbers.failures(release.id),
      inProgress: numbers.inProgress(release.id),
    }));
    return {
      steps: policy.steps.map((step, index) => ({
        step,
        devices: counted.devices[index] ?? 0,
        proven: counted.proven[index] ?? 0,
        installations: Object.fromEntries(
          outcomes.filter((one) => one.step === index).map((one) => [one.state, one.devices]),
        ),
      })),
      inProgress,
      failuresInStep: Math.max(0, failures - forgivenFailures),
      next: whatNext(
        release.rollout,
        { devices: counted.devices[present] ?? 0, proven: counted.proven[present] ?? 0, failures },
        counted.total,
      ),
      total: counted.total,
      countedAt: counted.countedAt,
    };
  };
}

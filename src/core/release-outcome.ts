import { type InstallationState, isFailure, isMuted, isWritten } from './installation-states';

/** The number of a release's devices by the state of their installation. */
export type Outcomes = Readonly<Partial<Record<InstallationState, number>>>;

/** The outcome of a release, in numbers of devices. */
export interface OutcomeSummary {
  /** That began to install it. */
  readonly devices: number;
  readonly proven: number;
  /** Failed or rolled back. */
  readonly failed: number;
  /** That were offered it, each once. */
  readonly offered: number;
  /** Devices that had it on the disk, whatever the outcome. */
  readonly installed: number;
  readonly rolledBack: number;
}

export function summarizeOutcomes(outcomes: Outcomes): OutcomeSummary {
  const counts = Object.entries(outcomes) as (readonly [InstallationState, number])[];
  const sumOf = (isMeant: (state: InstallationState) => boolean) =>
    counts.reduce((sum, [state, devices]) => sum + (isMeant(state) ? devices : 0), 0);
  return {
    devices: sumOf((state) => !isMuted({ state })),
    proven: outcomes.proven ?? 0,
    failed: sumOf((state) => isFailure({ state })),
    offered: sumOf(() => true),
    installed: sumOf((state) => isWritten({ state }) || state === 'rolled-back'),
    rolledBack: outcomes['rolled-back'] ?? 0,
  };
}

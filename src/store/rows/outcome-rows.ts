import { type InstallationState, isUnsettled } from '../../core/installation-states';
import type { Outcomes } from '../../core/release-outcome';

/** A device's result with a release. */
export interface Outcome {
  /** {@link noStep} for a device in no step. */
  readonly step: number;
  readonly state: InstallationState;
}

const noStep = -1;

export function toOutcome({
  step,
  state,
}: {
  readonly step: number | null;
  readonly state: InstallationState;
}): Outcome {
  return { step: step ?? noStep, state };
}

export function isSameOutcome(one: Outcome | undefined, other: Outcome | undefined): boolean {
  return one?.state === other?.state && one?.step === other?.step;
}

/** Whether forgetting a device removes it from the counts of a release. The result of a finished release stays. */
export function isTakenBack(outcome: Outcome, isCurrent: boolean): boolean {
  return isCurrent || isUnsettled(outcome);
}

/** By step, from 0, and state; `null` for devices in no step. */
export function toStepOutcomes(rows: readonly (Outcome & { readonly devices: number })[]) {
  return rows.map(({ step, ...rest }) => ({ step: step === noStep ? null : step, ...rest }));
}

/** Over all steps, by the id of the release. */
export function toOutcomesByRelease(
  rows: readonly {
    readonly release_id: number;
    readonly state: InstallationState;
    readonly devices: number;
  }[],
): ReadonlyMap<number, Outcomes> {
  const found = new Map<number, Outcomes>();
  for (const { release_id: id, state, devices } of rows)
    found.set(id, { ...found.get(id), [state]: devices });
  return found;
}

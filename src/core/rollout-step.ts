import { createHash } from 'node:crypto';
import type { RolloutPolicy, RolloutStep } from './rollout';

/**
 * A device's place in a release, from 0 up to but not including 100. It depends only on the two ids, so it is stable and needs no
 * table. It differs from release to release, so that different devices go first.
 */
export function placeInRelease(releaseId: number, deviceId: string): number {
  const digest = createHash('sha256').update(`${releaseId}\0${deviceId}`).digest();
  return (digest.readUIntBE(0, 6) / 2 ** 48) * 100;
}

/** The parts of a device that its step depends on. */
export interface SteppedDevice {
  readonly id: string;
  readonly labels: readonly string[];
  /** What it reports about itself, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Index of the first step that reaches a device; `null` when none does. */
export function stepOf(policy: RolloutPolicy, releaseId: number, device: SteppedDevice): number | null {
  let place: number | undefined;
  for (const [index, step] of policy.steps.entries()) {
    if (isIn(step)) return index;
  }
  return null;

  function isIn(step: RolloutStep): boolean {
    switch (step.kind) {
      case 'group':
        return device.labels.includes(step.label);
      case 'attribute':
        return device.attributes[step.name] === step.value;
      case 'percent':
        return step.percent === 100 || (place ??= placeInRelease(releaseId, device.id)) < step.percent;
    }
  }
}

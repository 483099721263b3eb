import type { Release } from '../../core/release';
import type { RolloutPolicy } from '../../core/rollout';
import type { RolloutCount } from '../../core/rollout-count';
import { stepOf } from '../../core/rollout-step';
import { versionFit } from '../../core/version-rules';
import type { DeviceRecords, RolloutDevice } from '../../ports/devices';
import type { Clock } from '../../ports/clock';

/** How many devices of a release each step is the first to reach, and how many of them are proven. By step, from 0. */
export interface StepDevices {
  readonly devices: readonly number[];
  readonly proven: readonly number[];
  /** The count over all steps, including silent devices. */
  readonly total: RolloutCount;
  readonly countedAt: Date;
}

export interface CountPorts {
  readonly devices: Pick<DeviceRecords, 'rolloutDevices'>;
  /** Devices not heard from since this time are silent, and no step waits for them. */
  readonly heardSince: () => Date;
  readonly now: Clock;
}

/** A page takes a few milliseconds, during which the store may answer nothing else. */
const pageSize = 500;

/**
 * Counts the devices of a release by the step that reaches them: those of its compatible and channel that could get it. It reads
 * the registry in pages, and other requests are answered in between.
 */
export async function countStepDevices(
  { devices: registry, heardSince: earliest, now }: CountPorts,
  release: Release,
): Promise<StepDevices> {
  const { id: releaseId, compatible, channel, bundle, rollout } = release;
  const { steps } = rollout.policy;
  const devices = steps.map(() => 0);
  const proven = steps.map(() => 0);
  const withAttributes = steps.some(({ kind }) => kind === 'attribute');
  const version = bundle.inspection.manifest?.version ?? null;
  const heardSince = earliest();
  const total = { devices: 0, proven: 0, silent: 0, notReached: 0, held: 0, pinned: 0 };
  let afterId = '';
  for (;;) {
    const page = await registry.rolloutDevices({
      releaseId,
      compatible,
      channel,
      afterId,
      limit: pageSize,
      withAttributes,
    });
    for (const device of page) {
      const step = stepOf(rollout.policy, releaseId, device);
      if (step === null || isLeftOut(rollout.policy, version, device)) continue;
      const isDone = isProven(device, version);
      if (device.isHeld || device.isPinned) {
        if (!isDone) total[device.isHeld ? 'held' : 'pinned'] += 1;
        continue;
      }
      const isSilent = device.lastContactAt < heardSince;
      total.devices += 1;
      if (isDone) total.proven += 1;
      else if (isSilent) total.silent += 1;
      if (!isDone && device.state === null) total.notReached += 1;
      if (isSilent) continue;
      devices[step] = (devices[step] ?? 0) + 1;
      if (isDone) proven[step] = (proven[step] ?? 0) + 1;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) {
      const countedAt = now();
      return { devices, proven, total: { ...total, countedAt }, countedAt };
    }
    afterId = last.id;
  }
}

/** A device that runs the version although it never began to install it needs no proof. */
function isProven({ state, systemVersion }: RolloutDevice, version: string | null): boolean {
  if (state === 'proven') return true;
  return (state === null || state === 'withdrawn') && version !== null && systemVersion === version;
}

/** No step waits for a device that its version excludes. A device that once had the release is judged by the outcome. */
function isLeftOut(policy: RolloutPolicy, version: string | null, device: RolloutDevice): boolean {
  if (device.state !== null && device.state !== 'withdrawn') return false;
  const fit = versionFit(policy, version, device.systemVersion);
  return fit === 'older' || fit === 'outside-from';
}

import type { Device } from './device';
import type { Installation } from './installation';
import { isFailure } from './installation-states';

/** A device with everything that its next offer depends on. */
export interface DeviceRecord {
  readonly device: Device;
  /** The latest; `null` when there never was one. */
  readonly installation: Installation | null;
  /** Failures and rollbacks not yet cleared, by the hash of the bundle. */
  readonly failures: ReadonlyMap<string, number>;
  /** Installations interrupted by a reboot and not yet cleared, by the hash of the bundle. */
  readonly interruptions: ReadonlyMap<string, number>;
}

/** What is known about a new device. */
export function newcomer(device: Device): DeviceRecord {
  return { device, installation: null, failures: new Map(), interruptions: new Map() };
}

/** A record after an installation has changed. @param before of the same installation; `null` for a new one */
export function withInstallation(
  record: DeviceRecord,
  before: Installation | null,
  after: Installation,
): DeviceRecord {
  const isLatest = record.installation === null || after.id >= record.installation.id;
  return {
    ...record,
    failures: recount(record.failures, isFailure, before, after),
    interruptions: recount(record.interruptions, ({ state }) => state === 'interrupted', before, after),
    ...(isLatest ? { installation: after } : {}),
  };
}

/** How often something happened with each bundle since it was last cleared. */
function recount(
  counts: ReadonlyMap<string, number>,
  happened: (installation: Installation) => boolean,
  before: Installation | null,
  after: Installation,
): ReadonlyMap<string, number> {
  const did = before !== null && happened(before) && before.clearedAt === null;
  const does = happened(after) && after.clearedAt === null;
  if (did === does) return counts;
  const recounted = new Map(counts);
  const count = (counts.get(after.sha256) ?? 0) + (does ? 1 : -1);
  if (count > 0) recounted.set(after.sha256, count);
  else recounted.delete(after.sha256);
  return recounted;
}

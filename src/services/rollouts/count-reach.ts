import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Release } from '../../core/release';
import { parseRaucVersion } from '../../core/version';
import { orderOf, versionFit } from '../../core/version-rules';
import type { FleetListing } from '../../ports/fleet-queries';

/** Devices of a kind, and the versions they run. */
export interface DeviceGroup {
  readonly devices: number;
  /** The most frequent of their versions first; the others are only counted. */
  readonly versions: readonly { readonly version: string; readonly devices: number }[];
}

/**
 * The devices that a release reaches on its channel, as far as versions decide. Every device that follows the channel counts,
 * including held and silent ones; a pinned device does not, because it gets what it is pinned to.
 */
export interface ReleaseReach {
  readonly devices: number;
  /** Devices that already run its version. */
  readonly upToDate: number;
  /** Devices that may be offered it, including those that would be downgraded. */
  readonly reached: number;
  /** Devices that are reached and run a newer version. */
  readonly goesDown: DeviceGroup;
  /** Devices that are not reached because they run a newer version. */
  readonly leftOutNewer: DeviceGroup;
  /** Devices that are not reached because the release does not start from their version. */
  readonly leftOutByFrom: DeviceGroup;
  /** Devices whose version is unknown, or not comparable for RAUC. They are also counted as reached or left out. */
  readonly unknownVersion: number;
}

/** A page takes a few milliseconds, during which nothing else is answered. */
const pageSize = 500;
/** Devices report their own versions, so the answer must be bounded. */
const maxVersions = 10;

/** Counts the devices that a release reaches. It reads the channel's versions in pages, and lets other work run between them. */
export async function countReach(
  listing: Pick<FleetListing, 'channelVersions'>,
  { compatible, channel, bundle, rollout }: Pick<Release, 'compatible' | 'channel' | 'bundle' | 'rollout'>,
): Promise<ReleaseReach> {
  const target = bundle.inspection.manifest?.version ?? null;
  const down = new Group();
  const newer = new Group();
  const byFrom = new Group();
  let [devices, upToDate, reached, unknownVersion] = [0, 0, 0, 0];
  let afterVersion = '';
  for (;;) {
    const page = await listing.channelVersions({ compatible, channel, afterVersion, limit: pageSize });
    for (const { systemVersion: version, devices: count } of page) {
      devices += count;
      if (parseRaucVersion(version ?? '') === null) unknownVersion += count;
      switch (versionFit(rollout.policy, target, version)) {
        case 'runs-it':
          upToDate += count;
          break;
        case 'older':
          newer.add(version, count);
          break;
        case 'outside-from':
          byFrom.add(version, count);
          break;
        case 'fits':
          reached += count;
          if (orderOf(target, version) === 'older') down.add(version, count);
      }
    }
    const last = page.at(-1)?.systemVersion ?? null;
    if (last === null || page.length < pageSize) break;
    afterVersion = last;
    await nextTurn();
  }
  return {
    devices,
    upToDate,
    reached,
    goesDown: down.counted(),
    leftOutNewer: newer.counted(),
    leftOutByFrom: byFrom.counted(),
    unknownVersion,
  };
}

class Group {
  #devices = 0;
  #versions: readonly { readonly version: string; readonly devices: number }[] = [];

  /** Call it once for each version. */
  add(version: string | null, devices: number): void {
    this.#devices += devices;
    if (version === null || devices === 0) return;
    this.#versions = [...this.#versions, { version, devices }]
      .sort((a, b) => b.devices - a.devices)
      .slice(0, maxVersions);
  }

  counted(): DeviceGroup {
    return { devices: this.#devices, versions: this.#versions };
  }
}

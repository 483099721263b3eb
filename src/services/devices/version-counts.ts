import type { FleetCount } from '../../ports/fleet-queries';
import type { VersionCount } from '../../ports/history';

/** Devices report their own versions, so the answer needs a limit. */
const maxVersions = 20;

/** The most frequent versions first; the rest count as `null`, like unknown ones. */
export function mostFrequent(versions: ReadonlyMap<string | null, number>): readonly VersionCount[] {
  const named = [...versions]
    .flatMap(([version, devices]) => (version === null ? [] : [{ version, devices }]))
    .sort((a, b) => b.devices - a.devices || (a.version < b.version ? -1 : 1));
  const others = named
    .slice(maxVersions)
    .reduce((sum, { devices }) => sum + devices, versions.get(null) ?? 0);
  return [...named.slice(0, maxVersions), ...(others === 0 ? [] : [{ version: null, devices: others }])];
}

/** The devices of a channel, by running version. */
export interface ChannelCounts {
  readonly compatible: string;
  readonly channel: string;
  readonly devices: number;
  readonly versions: ReadonlyMap<string | null, number>;
}

/** The channels that devices follow. Devices with an unknown compatible follow none. */
export function countByChannel(census: readonly FleetCount[]): readonly ChannelCounts[] {
  const channels = new Map<
    string,
    { compatible: string; channel: string; devices: number; versions: Map<string | null, number> }
  >();
  for (const { compatible, channel, systemVersion, devices } of census) {
    if (compatible === null) continue;
    const key = JSON.stringify([compatible, channel]);
    const counted = channels.get(key) ?? {
      compatible,
      channel,
      devices: 0,
      versions: new Map<string | null, number>(),
    };
    counted.devices += devices;
    addTo(counted.versions, systemVersion, devices);
    channels.set(key, counted);
  }
  return [...channels.values()];
}

/** Counts more devices of a version. */
export function addTo(versions: Map<string | null, number>, version: string | null, devices: number): void {
  versions.set(version, (versions.get(version) ?? 0) + devices);
}

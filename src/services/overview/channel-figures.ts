import type { Release } from '../../core/release';
import type { FleetCount } from '../../ports/fleet-queries';
import type { VersionCount } from '../../ports/history';
import { type ChannelCounts, countByChannel, mostFrequent } from '../devices/version-counts';

export interface ChannelFigures {
  readonly compatible: string;
  readonly channel: string;
  /** The current release; `null` if devices follow a channel without one. */
  readonly release: Release | null;
  readonly devices: number;
  /** The most frequent first. */
  readonly versions: readonly VersionCount[];
  /** Devices that run the version of the release. */
  readonly onCurrent: number;
}

/** Devices choose their compatible names, so small channels without a release are left out. */
const maxChannels = 200;

/** Every channel that has a release or devices: those with a release first, then those with the most devices. */
export function describeChannels(
  releases: readonly Release[],
  census: readonly FleetCount[],
): readonly ChannelFigures[] {
  const keyOf = ({ compatible, channel }: { readonly compatible: string; readonly channel: string }) =>
    JSON.stringify([compatible, channel]);
  const counted = new Map(countByChannel(census).map((one) => [keyOf(one), one]));
  const current = new Map(releases.map((one) => [keyOf(one), one]));
  const withRelease = releases.map((release) => figuresOf(release, counted.get(keyOf(release)), release));
  const others = [...counted.values()].filter((one) => !current.has(keyOf(one)));
  return [...withRelease, ...others.map((one) => figuresOf(one, one, null))]
    .sort((a, b) => Number(b.release !== null) - Number(a.release !== null) || b.devices - a.devices)
    .slice(0, Math.max(maxChannels, releases.length));
}

function figuresOf(
  { compatible, channel }: { readonly compatible: string; readonly channel: string },
  counts: ChannelCounts | undefined,
  release: Release | null,
): ChannelFigures {
  const version = release?.bundle.inspection.manifest?.version ?? null;
  return {
    compatible,
    channel,
    release,
    devices: counts?.devices ?? 0,
    versions: mostFrequent(counts?.versions ?? new Map()),
    onCurrent: version === null ? 0 : (counts?.versions.get(version) ?? 0),
  };
}

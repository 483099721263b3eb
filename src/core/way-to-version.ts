import type { Bundle } from './bundle';
import type { Release } from './release';
import { compareVersions, parseRaucVersion } from './version';
import { isInRange, type VersionRange } from './version-range';
import { versionFit } from './version-rules';

/** How a device gets to a version from which a release may start. */
export type WayToVersion =
  | { readonly kind: 'channel'; readonly channel: string; readonly version: string }
  | { readonly kind: 'pin'; readonly bundleName: string; readonly version: string };

/**
 * Finds a channel, or else a bundle to pin, that takes a device to a version in a range. It names a channel only if the device
 * would be offered its release, as far as versions and the device's state decide.
 * @param running what the device runs
 * @param releases of the device's compatible
 * @param bundles of the device's compatible
 */
export function wayToVersion(
  range: VersionRange,
  running: string | null,
  releases: readonly Release[],
  bundles: readonly Bundle[],
): WayToVersion | null {
  for (const { bundle, channel, rollout } of releases) {
    const version = versionOf(bundle);
    if (version === null || !isInRange(version, range) || rollout.state !== 'running') continue;
    if (versionFit(rollout.policy, version, running) === 'fits') return { kind: 'channel', channel, version };
  }
  const [best] = bundles
    .flatMap((bundle) => {
      const version = versionOf(bundle);
      const parsed = version === null ? null : parseRaucVersion(version);
      if (version === null || parsed === null || !isInRange(version, range)) return [];
      return [{ bundleName: bundle.name, version, parsed }];
    })
    .sort((a, b) => compareVersions(b.parsed, a.parsed));
  return best === undefined ? null : { kind: 'pin', bundleName: best.bundleName, version: best.version };
}

function versionOf({ inspection }: Bundle): string | null {
  return inspection.manifest?.version ?? null;
}

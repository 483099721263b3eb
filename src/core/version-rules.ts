import type { RolloutPolicy } from './rollout';
import { compareVersions, parseRaucVersion } from './version';
import { isInRange } from './version-range';

export type VersionOrder = 'older' | 'not-older' | 'not-comparable';

/**
 * Whether a bundle is older than what a device runs, in RAUC's order. A version that is unknown on either side, or that RAUC
 * could not compare, counts as different.
 * @param target of the bundle
 */
export function orderOf(target: string | null, running: string | null): VersionOrder {
  if (target === null || running === null) return 'not-comparable';
  const bundle = parseRaucVersion(target);
  const device = parseRaucVersion(running);
  if (bundle === null || device === null) return 'not-comparable';
  return compareVersions(bundle, device) < 0 ? 'older' : 'not-older';
}

/** Says why RAUC could not compare a version, for people. */
export function whyNotComparable(whose: 'device' | 'bundle', version: string | null): string {
  return version === null
    ? `the ${whose}'s version is unknown`
    : `RAUC cannot compare the ${whose}'s version ${version}`;
}

/** Says why RAUC could not compare one or both versions, for people. @param target of the bundle */
export function whyNotOrdered(target: string | null, running: string | null): string {
  const isUnknown = (version: string | null) => version === null || parseRaucVersion(version) === null;
  return [
    ...(isUnknown(running) ? [whyNotComparable('device', running)] : []),
    ...(isUnknown(target) ? [whyNotComparable('bundle', target)] : []),
  ].join(' and ');
}

/** What versions alone say about a device that a release may reach. */
export type VersionFit = 'runs-it' | 'older' | 'outside-from' | 'fits';

/** @param target of the bundle */
export function versionFit(
  { allowDowngrade, from }: Pick<RolloutPolicy, 'allowDowngrade' | 'from'>,
  target: string | null,
  running: string | null,
): VersionFit {
  if (target !== null && running === target) return 'runs-it';
  if (!allowDowngrade && orderOf(target, running) === 'older') return 'older';
  return from === null || isInRange(running, from) ? 'fits' : 'outside-from';
}

import type { RolloutPolicy } from './rollout';
import { compareVersions, parseRaucVersion } from './version';
import { isInRange } from './version-range';

export type VersionOrder =
  | { readonly kind: 'older' | 'not-older' }
  /** With the sides that RAUC could not compare, and why, for people. */
  | { readonly kind: 'not-comparable'; readonly because: string };

/**
 * Whether a bundle is older than what a device runs, in RAUC's order. A version that is unknown on either side, or that RAUC
 * could not compare, counts as different.
 * @param target of the bundle
 */
export function orderOf(target: string | null, running: string | null): VersionOrder {
  const bundle = target === null ? null : parseRaucVersion(target);
  const device = running === null ? null : parseRaucVersion(running);
  if (bundle !== null && device !== null)
    return { kind: compareVersions(bundle, device) < 0 ? 'older' : 'not-older' };
  const sides = [
    ...(device === null ? [whyNotComparable('device', running)] : []),
    ...(bundle === null ? [whyNotComparable('bundle', target)] : []),
  ];
  return { kind: 'not-comparable', because: sides.join(' and ') };
}

/** Says why RAUC could not compare a version, for people. */
export function whyNotComparable(whose: 'device' | 'bundle', version: string | null): string {
  return version === null
    ? `the ${whose}'s version is unknown`
    : `RAUC cannot compare the ${whose}'s version ${version}`;
}

/** What the versions alone say about a device that a release may reach. */
export type VersionFit = 'runs-it' | 'older' | 'outside-from' | 'fits';

/** @param target of the bundle */
export function versionFit(
  { allowDowngrade, from }: Pick<RolloutPolicy, 'allowDowngrade' | 'from'>,
  target: string | null,
  running: string | null,
): VersionFit {
  if (target !== null && running === target) return 'runs-it';
  if (!allowDowngrade && orderOf(target, running).kind === 'older') return 'older';
  return from === null || isInRange(running, from) ? 'fits' : 'outside-from';
}

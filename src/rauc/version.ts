/** A version as RAUC's `higher-semver` criterion understands it. */
export interface RaucVersion {
  /** Major, minor, patch; missing parts are 0. */
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly preRelease: string | null;
  readonly build: string | null;
}

const maxU64 = 2n ** 64n - 1n;

/**
 * Parses a version by RAUC's rules: `N[.N[.N]][-pre][+build]`, split at the last `+`, then at the last `-`. They are
 * laxer than semver in the numbers and stricter in the rest: `1.2.3-rc-1` and `v1.2` are refused.
 * @returns `null` when RAUC could not compare it
 */
export function parseRaucVersion(text: string): RaucVersion | null {
  const [beforeBuild, build] = splitAtLast(text, '+');
  const [core, preRelease] = splitAtLast(beforeBuild, '-');
  const parts = core.split('.');
  if (parts.length > 3 || !parts.every((part) => /^\d{1,20}$/.test(part) && BigInt(part) <= maxU64))
    return null;
  const identifiers = /^[0-9A-Za-z.]+$/;
  if (preRelease !== null && !identifiers.test(preRelease)) return null;
  if (build !== null && !/^[0-9A-Za-z.-]+$/.test(build)) return null;
  const number = (index: number) => BigInt(parts[index] ?? 0);
  return { numbers: [number(0), number(1), number(2)], preRelease, build };
}

function splitAtLast(text: string, separator: string): [string, string | null] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

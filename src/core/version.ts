/**
 * A version as RAUC compares it (`higher-semver`, `min-rauc-version`): ordered as semver, but laxer in its numbers. Unlike npm's,
 * parts may be missing, numbers may have leading zeros, and a hyphen inside a pre-release makes it unreadable.
 */
export interface RaucVersion {
  /** Major, minor, patch; missing parts are 0. */
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly preRelease: string | null;
  /** Does not affect the order. */
  readonly build: string | null;
}

const maxU64 = 2n ** 64n - 1n;

/**
 * Parses a version by RAUC's rules: `N[.N[.N]][-pre][+build]`, split at the last `+`, then at the last `-`. RAUC checks only the
 * numbers: anything after the marks is accepted (seen in RAUC 1.15.2).
 * @returns `null` when RAUC could not compare it
 */
export function parseRaucVersion(text: string): RaucVersion | null {
  const [beforeBuild, build] = splitAtLast(text, '+');
  const [core, preRelease] = splitAtLast(beforeBuild, '-');
  const parts = core.split('.');
  const numbers = parts.map(parseU64);
  if (parts.length > 3 || numbers.includes(null)) return null;
  const number = (index: number) => numbers[index] ?? 0n;
  return { numbers: [number(0), number(1), number(2)], preRelease, build };
}

/**
 * RAUC's order: the numbers, then the pre-release field by field. A release comes after its pre-releases, a number before a word,
 * and the longer of two that begin alike comes later. Builds do not count.
 * @returns less than 0 when `a` is older, more than 0 when it is newer, 0 when neither is
 */
export function compareVersions(a: RaucVersion, b: RaucVersion): number {
  for (const [index, number] of a.numbers.entries()) {
    const order = compare(number, b.numbers[index] ?? 0n);
    if (order !== 0) return order;
  }
  if (a.preRelease === null || b.preRelease === null)
    return Number(a.preRelease === null) - Number(b.preRelease === null);
  return comparePreReleases(fieldsOf(a.preRelease), fieldsOf(b.preRelease));
}

function fieldsOf(preRelease: string): readonly string[] {
  return preRelease === '' ? [] : preRelease.split('.');
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  for (const [index, field] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareFields(field, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareFields(a: string, b: string): number {
  const numberA = parseU64(a);
  const numberB = parseU64(b);
  if (numberA !== null && numberB !== null) return compare(numberA, numberB);
  if (numberA === null && numberB === null) return compare(a, b);
  return numberA === null ? 1 : -1;
}

function compare<T extends bigint | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** RAUC treats a number of more than 64 bits as a word. */
function parseU64(text: string): bigint | null {
  if (!/^0*\d{1,20}$/.test(text)) return null;
  const number = BigInt(text);
  return number <= maxU64 ? number : null;
}

function splitAtLast(text: string, separator: string): [string, string | null] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

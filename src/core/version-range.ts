import { DomainError } from './errors';
import { compareVersions, parseRaucVersion, type RaucVersion } from './version';

const operators = ['<=', '>=', '<', '=', '>'] as const;

interface Bound {
  readonly operator: (typeof operators)[number];
  readonly version: RaucVersion;
}

/** Versions between bounds, in RAUC's order. Only {@link parseVersionRange} makes one. */
export interface VersionRange {
  /** As it was written, with one space between the bounds. */
  readonly text: string;
  /** A version must satisfy all of them. */
  readonly bounds: readonly Bound[];
}

/** In characters. */
export const rangeMaxLength = 200;
const maxBounds = 10;

/**
 * Reads a range as people write it: `>=10.4 <12`. A space means "and".
 * @throws DomainError `invalid-input`
 */
export function parseVersionRange(text: string): VersionRange {
  if (text.length > rangeMaxLength) throw badRange(text);
  const words = text
    .trim()
    .replace(/([<=>]) +/g, '$1')
    .split(/ +/);
  if (words.length > maxBounds) throw badRange(text);
  const bounds = words.map((word): Bound => {
    const operator = operators.find((one) => word.startsWith(one));
    const bound = word.slice(operator?.length ?? 0);
    // RAUC would read a bound after a missing space as part of a pre-release.
    const version = /[<=>]/.test(bound) ? null : parseRaucVersion(bound);
    if (operator === undefined || version === null) throw badRange(text);
    return { operator, version };
  });
  return { text: words.join(' '), bounds };
}

/** Whether a version is in a range. A version that is unknown, or that RAUC could not compare, is in no range. */
export function isInRange(version: string | null, { bounds }: VersionRange): boolean {
  const parsed = version === null ? null : parseRaucVersion(version);
  if (parsed === null) return false;
  return bounds.every((bound) => keepsWithin(compareVersions(parsed, bound.version), bound.operator));
}

function keepsWithin(order: number, operator: Bound['operator']): boolean {
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}

function badRange(text: string): DomainError {
  return DomainError.of('not-a-version-range', { text: text.slice(0, 80), maxBounds });
}

import { canonicalName } from './canonical-name';
import type { Element } from './element';
import { Fields } from './fields';
import { directoryNameOf, generalNameTags } from './general-name';
import { readCount } from './primitives';
import { explicit, implicit } from './tags';

/** Limits that a CA sets on the names of certificates below it (RFC 5280, section 4.2.1.10). */
export interface NameLimits {
  /** Canonical directory names; a subject must begin with one of them; empty means any. */
  readonly permitted: readonly string[];
  /** Canonical directory names; no subject may begin with one of them. */
  readonly excluded: readonly string[];
  /** Whether there are limits that we do not support: on DNS names, or with bounds. */
  readonly hasOthers: boolean;
}

/** Limits on these do not affect certificates without such names. A common name may be a host name. */
const harmless: ReadonlySet<number> = new Set([
  implicit(generalNameTags.email),
  implicit(generalNameTags.uri),
  implicit(generalNameTags.ip),
]);

/** @throws Malformed */
export function readNameConstraints(value: Element): NameLimits {
  const fields = new Fields(value);
  const permitted = (fields.takeIf(explicit(0))?.members() ?? []).map(readSubtree);
  const excluded = (fields.takeIf(explicit(1))?.members() ?? []).map(readSubtree);
  fields.end();
  return {
    permitted: permitted.flatMap(({ directory }) => directory),
    excluded: excluded.flatMap(({ directory }) => directory),
    hasOthers: [...permitted, ...excluded].some(({ isUnderstood }) => !isUnderstood),
  };
}

interface Subtree {
  /** One canonical directory name, or none. */
  readonly directory: readonly string[];
  readonly isUnderstood: boolean;
}

function readSubtree(element: Element): Subtree {
  const fields = new Fields(element);
  const base = fields.takeAny();
  const minimum = fields.takeIf(implicit(0));
  const maximum = fields.takeIf(implicit(1));
  fields.end();
  const name = base === undefined ? undefined : directoryNameOf(base);
  return {
    directory: name === undefined ? [] : [canonicalName(name)],
    isUnderstood:
      (minimum === undefined || readCount(minimum) === 0) &&
      maximum === undefined &&
      base !== undefined &&
      (name !== undefined || harmless.has(base.tag)),
  };
}

/** Whether a name is within the limits on directory names, and there are no other limits. */
export function isWithinLimits(canonical: string, { permitted, excluded, hasOthers }: NameLimits): boolean {
  const isWithin = (base: string) => base === '' || canonical === base || canonical.startsWith(`${base},`);
  return !hasOthers && (permitted.length === 0 || permitted.some(isWithin)) && !excluded.some(isWithin);
}

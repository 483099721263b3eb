import {
  type Certificate,
  type GeneralSubtree,
  type NameConstraints,
  RelativeDistinguishedNames,
} from 'pkijs';
import { canonicalName } from './canonical-name';

/** What a CA allows the names of certificates below it to be (RFC 5280, section 4.2.1.10). */
export interface NameLimits {
  /** Canonical directory names that a subject must begin with one of; empty means any. */
  readonly permitted: readonly string[];
  /** Canonical directory names that no subject may begin with. */
  readonly excluded: readonly string[];
  /** Whether there are limits that are not understood here: on DNS names, or with bounds. */
  readonly hasOthers: boolean;
}

/** Of general names (RFC 5280, section 4.2.1.6). */
const kinds = { email: 1, directory: 4, uri: 6, address: 7 } as const;
/** Limits on these concern no certificate without such names. A common name can be one of a host. */
const harmless: ReadonlySet<number> = new Set([kinds.email, kinds.uri, kinds.address]);
const emailAddressId = '1.2.840.113549.1.9.1';
const subjectAltNameId = '2.5.29.17';

export function nameLimits({ permittedSubtrees = [], excludedSubtrees = [] }: NameConstraints): NameLimits {
  return {
    permitted: permittedSubtrees.flatMap(directoryName),
    excluded: excludedSubtrees.flatMap(directoryName),
    hasOthers: [...permittedSubtrees, ...excludedSubtrees].some((subtree) => !isUnderstood(subtree)),
  };
}

function isUnderstood(subtree: GeneralSubtree): boolean {
  return (
    subtree.minimum === 0 &&
    subtree.maximum === undefined &&
    (harmless.has(subtree.base.type) || directoryName(subtree).length > 0)
  );
}

function directoryName({ base }: GeneralSubtree): string[] {
  const value: unknown = base.value;
  return base.type === kinds.directory && value instanceof RelativeDistinguishedNames
    ? [canonicalName(Buffer.from(value.toSchema().toBER()))]
    : [];
}

/** Whether a certificate keeps the limits of a CA above it, as far as that can be told here. */
export function keepsLimits(subjectName: string, structure: Certificate, limits: NameLimits): boolean {
  const { permitted, excluded, hasOthers } = limits;
  const isWithin = (base: string) =>
    base === '' || subjectName === base || subjectName.startsWith(`${base},`);
  return (
    !hasOthers &&
    !hasOtherNames(structure) &&
    (permitted.length === 0 || permitted.some(isWithin)) &&
    !excluded.some(isWithin)
  );
}

function hasOtherNames({ subject, extensions }: Certificate): boolean {
  return (
    subject.typesAndValues.some(({ type }) => type === emailAddressId) ||
    (extensions ?? []).some(({ extnID }) => extnID === subjectAltNameId)
  );
}

import { circumstance } from '../core/circumstances/catalogue';
import { type Element, expectTag } from './element';
import { Fields } from './fields';
import { Malformed } from './malformed';
import { readOid } from './object-identifier';
import { readBoolean, readCount, readFlags } from './primitives';
import { tags } from './tags';

/** Object identifiers of extensions (RFC 5280, sections 4.2 and 5.2; RFC 3820; Netscape's certificate type). */
export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  proxyCertInfo: '1.3.6.1.5.5.7.1.14',
  netscapeType: '2.16.840.1.113730.1.1',
} as const;

/** Purposes of an extended key usage (RFC 5280, section 4.2.1.12). */
export const keyPurposes = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
} as const;

export interface Extension {
  /** Dotted object identifier. */
  readonly id: string;
  readonly isCritical: boolean;
  /** The OCTET STRING that holds its value. */
  readonly octets: Element;
  /** The whole extension, as encoded. */
  readonly raw: Buffer;
}

/**
 * The extensions of a certificate or revocation list (RFC 5280, section 4.2), none repeated: two readers could choose different ones.
 * @param list `undefined` when there are none
 * @throws Malformed
 */
export function readExtensions(list: Element | undefined): Extension[] {
  const extensions = list === undefined ? [] : expectTag(list, tags.sequence).members().map(readExtension);
  if (new Set(extensions.map(({ id }) => id)).size !== extensions.length)
    throw new Malformed(circumstance('extension-twice'));
  return extensions;
}

function readExtension(extension: Element): Extension {
  const fields = new Fields(extension);
  const id = readOid(fields.takeAny());
  const flag = fields.takeIf(tags.boolean);
  const octets = fields.take(tags.octetString);
  fields.end();
  return { id, isCritical: flag !== undefined && readBoolean(flag), octets, raw: extension.raw };
}

/**
 * The value of an extension.
 * @returns `null` when it is missing
 * @throws Malformed when it cannot be read: the limits that it sets must not be lost
 */
export function sayingOf<T>(
  extensions: readonly Extension[],
  id: string,
  read: (value: Element) => T,
): T | null {
  const extension = extensions.find((candidate) => candidate.id === id);
  return extension === undefined ? null : read(extension.octets.inner());
}

export interface BasicConstraints {
  readonly isCa: boolean;
  /** How many CAs may come below; `null` when there is no limit. */
  readonly pathLength: number | null;
}

/** RFC 5280, section 4.2.1.9. @throws Malformed */
export function readBasicConstraints(value: Element): BasicConstraints {
  const fields = new Fields(value);
  const flag = fields.takeIf(tags.boolean);
  const length = fields.takeIf(tags.integer);
  fields.end();
  return {
    isCa: flag !== undefined && readBoolean(flag),
    pathLength: length === undefined ? null : readCount(length),
  };
}

export type KeyUsage = 'digitalSignature' | 'nonRepudiation' | 'keyCertSign' | 'cRLSign' | 'other';

/** The bits of a keyUsage, which count from the left (RFC 5280, section 4.2.1.3). @throws Malformed */
export function readKeyUsage(value: Element): ReadonlySet<KeyUsage> {
  const flags = readFlags(value);
  const names: KeyUsage[] = [];
  if (flags & 0x80) names.push('digitalSignature');
  if (flags & 0x40) names.push('nonRepudiation');
  if (flags & 0x04) names.push('keyCertSign');
  if (flags & 0x02) names.push('cRLSign');
  if (flags & 0x39) names.push('other');
  return new Set(names);
}

/** Purposes as dotted object identifiers (RFC 5280, section 4.2.1.12). @throws Malformed */
export function readExtendedKeyUsage(value: Element): string[] {
  return expectTag(value, tags.sequence).members().map(readOid);
}

/** RFC 5280, section 4.2.1.2. @throws Malformed */
export function readSubjectKeyId(value: Element): Buffer {
  return expectTag(value, tags.octetString).content;
}

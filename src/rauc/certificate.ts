import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { BitString } from 'asn1js';
import {
  BasicConstraints,
  Certificate,
  ExtKeyUsage,
  NameConstraints,
  type RelativeDistinguishedNames,
} from 'pkijs';
import type { SignerCertificate } from '../core/inspection';
import { canonicalName } from '../x509/canonical-name';
import { authorityKeyIdentifier, type IssuerId, subjectKeyIdentifier } from '../x509/key-identifier';
import { type NameLimits, nameLimits } from '../x509/name-constraints';
import { refuseOversizedKey } from '../x509/rsa-key-size';
import { describeKey, signsWith } from '../x509/signature-algorithm';
import { malformed } from './broken';
import { parseBer } from './parse-ber';

/** What path validation needs to know of a certificate (RFC 5280, section 4.2). */
export interface ParsedCertificate {
  readonly x509: X509Certificate;
  readonly structure: Certificate;
  /** `null` when it is of a kind that is not known here. */
  readonly publicKey: KeyObject | null;
  /** Hex. */
  readonly serial: string;
  /** Canonical, for comparison. */
  readonly subjectName: string;
  readonly issuerName: string;
  readonly keyId: string | null;
  readonly issuerId: IssuerId;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** As OpenSSL sees it: by name, key identifier and kind of key. Where a chain ends, it does not verify the signature. */
  readonly selfSigned: boolean;
  /** basicConstraints CA, or an old self-signed v1 certificate, which OpenSSL takes for a CA too. */
  readonly isCa: boolean;
  readonly pathLength: number | null;
  /** Whether its key usage, if there is one, lets it issue certificates. */
  readonly maySign: boolean;
  /** Bits of Netscape's old certificate type; `null` when there is none. */
  readonly netscapeType: number | null;
  /** Names of the bits; `null` when there is no keyUsage. */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  /** OIDs; `null` when there is no extendedKeyUsage. */
  readonly extendedKeyUsage: readonly string[] | null;
  /** OIDs of critical extensions that are unknown here, and of those that OpenSSL heeds whether critical or not. */
  readonly notUnderstood: readonly string[];
  /** What it allows the certificates below it to be named; `null` when it says nothing. */
  readonly nameLimits: NameLimits | null;
  readonly commonNames: readonly string[];
}

export type KeyUsage = 'digitalSignature' | 'nonRepudiation' | 'keyCertSign' | 'cRLSign' | 'other';

const extensionIds = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
  nameConstraints: '2.5.29.30',
  netscapeType: '2.16.840.1.113730.1.1',
} as const;

/** proxyCertInfo: OpenSSL refuses it, also when it is not critical. */
const limiting = new Set(['1.3.6.1.5.5.7.1.14']);

/** Critical extensions that we process, or that don't limit what a bundle's signer may do. */
const processed = new Set<string>([
  extensionIds.keyUsage,
  extensionIds.basicConstraints,
  extensionIds.extendedKeyUsage,
  extensionIds.subjectAltName,
  extensionIds.certificatePolicies,
  extensionIds.nameConstraints,
]);

/**
 * Parses a certificate from DER. An extension that limits its use must be readable, or the limit would be lost.
 * @throws Error when it is malformed
 */
export function parseCertificate(der: Buffer): ParsedCertificate {
  const structure = new Certificate({ schema: parseBer(der) });
  const x509 = new X509Certificate(der);
  const extensions = structure.extensions ?? [];
  if (new Set(extensions.map((extension) => extension.extnID)).size !== extensions.length)
    throw malformed('a certificate repeats an extension');
  const find = <T extends object>(id: string, type: new () => T): T | undefined => {
    const extension = extensions.find((candidate) => candidate.extnID === id);
    const value: unknown = extension?.parsedValue;
    if (extension === undefined) return undefined;
    if (!(value instanceof type) || 'parsingError' in value)
      throw malformed(`the extension ${id} of a certificate is malformed`);
    return value;
  };
  const constraints = find(extensionIds.basicConstraints, BasicConstraints);
  const publicKey = publicKeyOf(x509);
  const identity = {
    structure,
    publicKey,
    subjectName: canonicalName(Buffer.from(structure.subject.toSchema().toBER())),
    issuerName: canonicalName(Buffer.from(structure.issuer.toSchema().toBER())),
    serial: Buffer.from(structure.serialNumber.valueBlock.valueHexView).toString('hex'),
    keyId: subjectKeyIdentifier(extensions),
    issuerId: authorityKeyIdentifier(extensions),
  };
  const selfSigned = mayHaveIssued(identity, identity);
  const usage = keyUsage(find(extensionIds.keyUsage, BitString));
  const constrained = find(extensionIds.nameConstraints, NameConstraints);
  const netscapeType = find(extensionIds.netscapeType, BitString);
  return {
    x509,
    ...identity,
    notBefore: instant(x509.validFrom),
    notAfter: instant(x509.validTo),
    selfSigned,
    isCa: constraints?.cA ?? (structure.version === 0 && selfSigned),
    pathLength: typeof constraints?.pathLenConstraint === 'number' ? constraints.pathLenConstraint : null,
    keyUsage: usage,
    maySign: usage === null || usage.has('keyCertSign'),
    netscapeType: netscapeType === undefined ? null : firstOctet(netscapeType),
    extendedKeyUsage: find(extensionIds.extendedKeyUsage, ExtKeyUsage)?.keyPurposes ?? null,
    notUnderstood: extensions
      .filter(({ critical, extnID }) => (critical && !processed.has(extnID)) || limiting.has(extnID))
      .map(({ extnID }) => extnID),
    nameLimits: constrained === undefined ? null : nameLimits(constrained),
    commonNames: nameParts(structure.subject)
      .filter(([type]) => type === 'CN')
      .map(([, value]) => value),
  };
}

type Identity = Pick<
  ParsedCertificate,
  'structure' | 'publicKey' | 'subjectName' | 'issuerName' | 'serial' | 'keyId' | 'issuerId'
>;

/**
 * Whether OpenSSL takes one certificate for the issuer of another (`X509_check_issued` without key usage): by what they
 * say of each other. Whether its key made the signature is not asked.
 */
export function mayHaveIssued(issuer: Identity, subject: Identity): boolean {
  return (
    issuer.subjectName === subject.issuerName &&
    isIdentifiedBy(issuer, subject.issuerId) &&
    signsWith(subject.structure.signature.algorithmId, issuer.publicKey)
  );
}

/** Whether a certificate is the one that an authorityKeyIdentifier means (`X509_check_akid`). */
export function isIdentifiedBy(issuer: Identity, id: IssuerId): boolean {
  return (
    (id.keyId === null || issuer.keyId === null || id.keyId === issuer.keyId) &&
    (id.serial === null || id.serial === issuer.serial) &&
    (id.issuerName === null || id.issuerName === issuer.issuerName)
  );
}

/** Whether a certificate is valid; OpenSSL takes it for expired in the second that it names as its last. */
export function isCurrent({ notBefore, notAfter }: ParsedCertificate, at: Date): boolean {
  return notBefore <= at && at < notAfter;
}

/** @throws Malformed for a key that is too large for OpenSSL to verify with */
function publicKeyOf(x509: X509Certificate): KeyObject | null {
  let key: KeyObject;
  try {
    key = x509.publicKey;
  } catch {
    return null;
  }
  refuseOversizedKey(key);
  return key;
}

/** A time as OpenSSL prints it. One that can't be read must not pass for one that is neither past nor future. */
function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw malformed('a certificate has an impossible time');
  return at;
}

function keyUsage(bits: BitString | undefined): ReadonlySet<KeyUsage> | null {
  if (bits === undefined) return null;
  const first = firstOctet(bits);
  const names: KeyUsage[] = [];
  if (first & 0x80) names.push('digitalSignature');
  if (first & 0x40) names.push('nonRepudiation');
  if (first & 0x04) names.push('keyCertSign');
  if (first & 0x02) names.push('cRLSign');
  if (first & 0x39) names.push('other');
  return new Set(names);
}

function firstOctet(bits: BitString): number {
  return new Uint8Array(bits.valueBlock.valueHexView)[0] ?? 0;
}

/** Runs a check that throws on hostile input as if it had failed. */
export function safely(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The facts that people are shown. */
export function describeCertificate(certificate: ParsedCertificate): SignerCertificate {
  const spki = Buffer.from(certificate.structure.subjectPublicKeyInfo.toSchema().toBER());
  const digest = createHash('sha256').update(spki).digest('hex').toUpperCase();
  return {
    subject: displayName(certificate.structure.subject),
    issuer: displayName(certificate.structure.issuer),
    serial: certificate.x509.serialNumber.toLowerCase(),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    spkiFingerprint: digest.replace(/(..)(?!$)/g, '$1:'),
    keyAlgorithm: describeKey(certificate.publicKey),
  };
}

const attributeTypes: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'DC',
};

function nameParts(name: RelativeDistinguishedNames): [string, string][] {
  return name.typesAndValues.map((part) => {
    const value: unknown = part.value.valueBlock.value;
    return [attributeTypes[part.type] ?? part.type, typeof value === 'string' ? value : ''];
  });
}

/** A distinguished name on one line, safe to show: control and direction characters are escaped. */
export function displayName(name: RelativeDistinguishedNames): string {
  return nameParts(name)
    .map(([type, value]) => `${type}=${displaySafe(value)}`)
    .join(', ');
}

export function displaySafe(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

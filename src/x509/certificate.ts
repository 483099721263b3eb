import { X509Certificate } from 'node:crypto';
import { DomainError } from '../core/errors';
import {
  derTags,
  expectTag,
  readBitString,
  readDer,
  readDerList,
  readOid,
  type DerElement,
} from './der-reader';
import { readName, type NameAttribute } from './distinguished-name';
import { type AlternativeName, extensionOids, readAlternativeNames } from './subject-alt-name';

/** What a certificate says (RFC 5280, section 4.1), read from its DER rather than from OpenSSL's text forms. */
export interface CertificateFields {
  readonly x509: X509Certificate;
  /** 1 or 3 (2 is never seen). */
  readonly version: number;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly subject: readonly NameAttribute[];
  readonly issuer: readonly NameAttribute[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spkiDer: Buffer;
  /** OID of how it is signed. */
  readonly signatureAlgorithm: string;
  /** basicConstraints CA; `null` when there are none. */
  readonly ca: boolean | null;
  /** Whether keyUsage allows to sign certificates; `null` when there is no keyUsage. */
  readonly mayCertify: boolean | null;
  /** OIDs; `null` when there is no extendedKeyUsage. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly alternativeNames: readonly AlternativeName[];
  readonly subjectKeyId: Buffer | null;
  /** pathLenConstraint: how many CAs may come below; `null` when there is no limit. */
  readonly pathLength: number | null;
  /** All of them, in order. */
  readonly extensions: readonly CertificateExtension[];
  /** Subject and issuer are the same name. */
  readonly selfIssued: boolean;
}

export interface CertificateExtension {
  /** OID. */
  readonly id: string;
  readonly isCritical: boolean;
  /** DER of what it says. */
  readonly value: Buffer;
  /** DER of the whole extension. */
  readonly raw: Buffer;
}

export const keyPurposes = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

/**
 * @param source PEM (the first certificate in it), DER or a parsed certificate
 * @throws DomainError `invalid-input` when it is not a certificate or malformed
 */
export function readCertificate(source: string | Buffer | X509Certificate): CertificateFields {
  const x509 = source instanceof X509Certificate ? source : parseX509(source);
  const outer = readDerList(readDer(x509.raw, derTags.sequence).content);
  const fields = readDerList(expectTag(outer[0], derTags.sequence).content);
  const versionTag = 0xa0;
  const explicit = fields[0]?.tag === versionTag ? fields.shift() : undefined;
  const [serial, algorithm, issuer, validity, subject, spki, ...rest] = fields;
  const issuerDer = expectTag(issuer, derTags.sequence).raw;
  const subjectDer = expectTag(subject, derTags.sequence).raw;
  const [notBefore, notAfter] = readDerList(expectTag(validity, derTags.sequence).content).map(readTime);
  if (notBefore === undefined || notAfter === undefined) throw malformed('it has no validity');
  return {
    x509,
    version:
      explicit === undefined ? 1 : 1 + (readDer(explicit.content, derTags.integer).content.at(-1) ?? 0),
    serial: normalizeSerial(expectTag(serial, derTags.integer).content.toString('hex')),
    subjectDer,
    issuerDer,
    subject: readName(subjectDer),
    issuer: readName(issuerDer),
    notBefore,
    notAfter,
    spkiDer: expectTag(spki, derTags.sequence).raw,
    signatureAlgorithm: readOid(readDerList(expectTag(algorithm, derTags.sequence).content)[0]),
    ...readExtensions(rest),
    selfIssued: subjectDer.equals(issuerDer),
  };
}

/** Lower-case hex without separators and leading zeros: one spelling for each serial. */
export function normalizeSerial(serial: string): string {
  return serial
    .replace(/[\s:]/g, '')
    .toLowerCase()
    .replace(/^0+(?=.)/, '');
}

/** A CA by its basicConstraints; or one of the old v1 kind, which OpenSSL takes for a CA when it signed itself. */
export function isAuthority(certificate: CertificateFields): boolean {
  if (certificate.ca !== null) return certificate.ca && certificate.mayCertify !== false;
  return certificate.version < 3 && certificate.selfIssued;
}

/**
 * Whether a CA may issue certificates for a purpose. Its own extended key usage limits what is below it, as OpenSSL reads it
 * (RFC 5280, section 4.2.1.12, leaves that open).
 */
export function mayIssueFor(certificate: CertificateFields, purpose: keyof typeof keyPurposes): boolean {
  return isAuthority(certificate) && certificate.extendedKeyUsage?.includes(keyPurposes[purpose]) !== false;
}

/** Whether a CA signed a certificate: by its name and its key. */
export function isIssuedBy(certificate: CertificateFields, ca: CertificateFields): boolean {
  return ca.subjectDer.equals(certificate.issuerDer) && certificate.x509.verify(ca.x509.publicKey);
}

type ExtensionFields = Pick<
  CertificateFields,
  'ca' | 'mayCertify' | 'extendedKeyUsage' | 'alternativeNames' | 'subjectKeyId' | 'pathLength' | 'extensions'
>;

function readExtensions(rest: readonly DerElement[]): ExtensionFields {
  const extensionsTag = 0xa3;
  const wrapper = rest.find(({ tag }) => tag === extensionsTag);
  const values = new Map<string, Buffer>();
  const extensions: CertificateExtension[] = [];
  for (const extension of wrapper === undefined
    ? []
    : readDerList(readDer(wrapper.content, derTags.sequence).content)) {
    const parts = readDerList(expectTag(extension, derTags.sequence).content);
    const id = readOid(parts[0]);
    // RFC 5280, section 4.2: never twice. Two readers could choose different ones.
    if (values.has(id)) throw malformed('it has an extension twice');
    const value = expectTag(parts.at(-1), derTags.octetString).content;
    values.set(id, value);
    const flag = parts[1];
    const isCritical = flag?.tag === derTags.boolean && flag.content[0] !== 0;
    extensions.push({ id, isCritical, value, raw: extension.raw });
  }
  const constraints = values.get(extensionOids.basicConstraints);
  const usage = values.get(extensionOids.keyUsage);
  const purposes = values.get(extensionOids.extendedKeyUsage);
  const names = values.get(extensionOids.subjectAltName);
  const keyId = values.get(extensionOids.subjectKeyId);
  return {
    extensions,
    ca: constraints === undefined ? null : readCaFlag(constraints),
    pathLength: constraints === undefined ? null : readPathLength(constraints),
    mayCertify:
      usage === undefined ? null : ((readDer(usage, derTags.bitString).content[1] ?? 0) & 0x04) !== 0,
    extendedKeyUsage:
      purposes === undefined ? null : readDerList(readDer(purposes, derTags.sequence).content).map(readOid),
    alternativeNames: names === undefined ? [] : readAlternativeNames(names),
    subjectKeyId: keyId === undefined ? null : readDer(keyId, derTags.octetString).content,
  };
}

function readCaFlag(constraints: Buffer): boolean {
  const flag = readDerList(readDer(constraints, derTags.sequence).content)[0];
  return flag?.tag === derTags.boolean && flag.content[0] !== 0;
}

function readPathLength(constraints: Buffer): number | null {
  const length = readDerList(readDer(constraints, derTags.sequence).content).find(
    ({ tag }) => tag === derTags.integer,
  );
  // No chain is longer than what fits in a byte.
  return length === undefined ? null : length.content.length > 1 ? 255 : (length.content[0] ?? 0);
}

/** The octets of the subjectPublicKey BIT STRING of a SubjectPublicKeyInfo. */
export function publicKeyBits(spkiDer: Buffer): Buffer {
  return readBitString(readDerList(readDer(spkiDer, derTags.sequence).content)[1]);
}

function readTime({ tag, content }: DerElement): Date {
  const text = content.toString('latin1');
  const match =
    tag === derTags.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
      : tag === derTags.generalizedTime
        ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)
        : null;
  if (match === null) throw malformed('a time is not in the form of RFC 5280');
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(Number);
  const century = tag === derTags.generalizedTime ? 0 : year < 50 ? 2000 : 1900;
  return new Date(Date.UTC(century + year, month - 1, day, hours, minutes, seconds));
}

function parseX509(source: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(source);
  } catch (cause) {
    throw new DomainError('invalid-input', 'this is not a certificate', {
      cause,
      remedy: 'Give a certificate in PEM form, beginning with "-----BEGIN CERTIFICATE-----".',
    });
  }
}

function malformed(what: string): DomainError {
  return new DomainError('invalid-input', `the certificate is malformed: ${what}`);
}

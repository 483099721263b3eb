import { circumstance } from '../core/circumstances/catalogue';
import { type KeyObject, X509Certificate } from 'node:crypto';
import { certificatePem } from '../base/text/certificate-pem';
import { type Algorithm, readAlgorithm } from './algorithm';
import { type AuthorityKeyId, readAuthorityKeyId, untoldAuthorityKeyId } from './authority-key-id';
import type { Encoding } from './bounds';
import { canonicalName } from './canonical-name';
import { type Element, readElement } from './element';
import {
  type Extension,
  extensionOids,
  type KeyUsage,
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
  readSubjectKeyId,
  sayingOf,
} from './extensions';
import { Fields } from './fields';
import { Malformed } from './malformed';
import { type NameAttribute, readName } from './name';
import { readCount } from './primitives';
import { refuseOversizedKey } from './rsa-key-size';
import { explicit, implicit, tags } from './tags';
import { readTime } from './time';

/** What a certificate says (RFC 5280, section 4.1), read from its bytes rather than from OpenSSL's text forms. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** `null` when OpenSSL does not know its kind. */
  readonly publicKey: KeyObject | null;
  /** 1 or 3 (2 is never seen). */
  readonly version: number;
  /** Lower-case hex of its octets, unchanged. */
  readonly serial: string;
  /** The signature algorithm, as named in the signed part. */
  readonly signatureAlgorithm: Algorithm;
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  readonly subject: readonly NameAttribute[];
  readonly issuer: readonly NameAttribute[];
  /** Canonical, for comparison. */
  readonly subjectName: string;
  readonly issuerName: string;
  /** Whether subject and issuer are the same name. */
  readonly selfIssued: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spkiDer: Buffer;
  /** All of them, in order. */
  readonly extensions: readonly Extension[];
  /** basicConstraints CA; `null` when there are none. */
  readonly ca: boolean | null;
  /** pathLenConstraint: how many CAs may come below; `null` when there is no limit. */
  readonly pathLength: number | null;
  /** Names of the bits; `null` when there is no keyUsage. */
  readonly keyUsage: ReadonlySet<KeyUsage> | null;
  /** OIDs; `null` when there is no extendedKeyUsage. */
  readonly extendedKeyUsage: readonly string[] | null;
  readonly subjectKeyId: Buffer | null;
  readonly authorityKeyId: AuthorityKeyId;
}

/**
 * Reads a certificate. An extension that limits its use must be readable, or the limit would be lost; OpenSSL, too, uses no
 * certificate with an unreadable one.
 * @param known OpenSSL's own reading of the same bytes, if available
 * @throws Malformed
 */
export function readCertificate(bytes: Buffer, encoding: Encoding, known?: X509Certificate): Certificate {
  const outer = new Fields(readElement(bytes, encoding));
  const signed = outer.take(tags.sequence);
  outer.take(tags.sequence);
  outer.take(tags.bitString);
  outer.end();
  const x509 = known ?? parseX509(bytes);
  return { x509, publicKey: publicKeyOf(x509), ...readSigned(signed) };
}

function readSigned(signed: Element): Omit<Certificate, 'x509' | 'publicKey'> {
  const fields = new Fields(signed);
  const version = fields.takeIf(explicit(0));
  const serial = fields.take(tags.integer);
  const algorithm = fields.take(tags.sequence);
  const issuer = fields.take(tags.sequence);
  const validity = new Fields(fields.take(tags.sequence));
  const notBefore = readTime(validity.take(tags.utcTime, tags.generalizedTime));
  const notAfter = readTime(validity.take(tags.utcTime, tags.generalizedTime));
  validity.end();
  const subject = fields.take(tags.sequence);
  const spki = fields.take(tags.sequence);
  fields.takeIf(implicit(1)); // issuerUniqueID and subjectUniqueID, which no one uses
  fields.takeIf(implicit(2));
  const extensions = readExtensions(fields.takeIf(explicit(3))?.inner());
  fields.end();
  const [subjectName, issuerName] = [canonicalName(subject), canonicalName(issuer)];
  return {
    version: version === undefined ? 1 : 1 + readCount(version.inner()),
    serial: serial.content.toString('hex'),
    signatureAlgorithm: readAlgorithm(algorithm),
    subjectDer: subject.raw,
    issuerDer: issuer.raw,
    subject: readName(subject),
    issuer: readName(issuer),
    subjectName,
    issuerName,
    selfIssued: subjectName === issuerName,
    notBefore,
    notAfter,
    spkiDer: spki.raw,
    extensions,
    ...readUses(extensions),
  };
}

type Uses = Pick<
  Certificate,
  'ca' | 'pathLength' | 'keyUsage' | 'extendedKeyUsage' | 'subjectKeyId' | 'authorityKeyId'
>;

function readUses(extensions: readonly Extension[]): Uses {
  const constraints = sayingOf(extensions, extensionOids.basicConstraints, readBasicConstraints);
  return {
    ca: constraints?.isCa ?? null,
    pathLength: constraints?.pathLength ?? null,
    keyUsage: sayingOf(extensions, extensionOids.keyUsage, readKeyUsage),
    extendedKeyUsage: sayingOf(extensions, extensionOids.extendedKeyUsage, readExtendedKeyUsage),
    subjectKeyId: sayingOf(extensions, extensionOids.subjectKeyId, readSubjectKeyId),
    authorityKeyId:
      sayingOf(extensions, extensionOids.authorityKeyId, readAuthorityKeyId) ?? untoldAuthorityKeyId,
  };
}

function parseX509(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(certificatePem(bytes));
  } catch {
    throw new Malformed(circumstance('not-a-certificate'));
  }
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

import { X509Certificate } from 'node:crypto';
import { DomainError } from '../core/errors';
import { certificatePem } from '../base/text/certificate-pem';
import { type Certificate, readCertificate as readX509 } from '../x509/certificate';
import { extensionOids, keyPurposes, sayingOf } from '../x509/extensions';
import { type AlternativeName, readAlternativeNames } from '../x509/general-name';
import { Malformed } from '../x509/malformed';
import { tags } from '../x509/tags';

/** What a certificate says, whether from the folder, a device or a person. */
export interface CertificateFields extends Certificate {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly alternativeNames: readonly AlternativeName[];
}

/**
 * Reads a certificate as strictly as DER requires, so that no other reader can read it differently.
 * @param source PEM (the first certificate in it), DER or a parsed certificate
 * @throws DomainError `invalid-input` when it is not a certificate or malformed
 */
export function readCertificate(source: string | Buffer | X509Certificate): CertificateFields {
  const x509 = source instanceof X509Certificate ? source : parseX509(source);
  try {
    const certificate = readX509(x509.raw, 'DER', x509);
    return {
      ...certificate,
      serial: normalizeSerial(certificate.serial),
      alternativeNames:
        sayingOf(certificate.extensions, extensionOids.subjectAltName, readAlternativeNames) ?? [],
    };
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw DomainError.of('certificate-malformed', { why: cause.what }, { cause });
  }
}

/** Lower-case hex without separators and leading zeros: one spelling for each serial. */
export function normalizeSerial(serial: string): string {
  return serial
    .replace(/[\s:]/g, '')
    .toLowerCase()
    .replace(/^0+(?=.)/, '');
}

/**
 * Whether it is a CA by its basicConstraints, or a self-signed X.509 v1 certificate, which OpenSSL also takes for a CA.
 */
export function isAuthority({ ca, keyUsage, version, selfIssued }: CertificateFields): boolean {
  if (ca !== null) return ca && keyUsage?.has('keyCertSign') !== false;
  return version === 1 && selfIssued;
}

/**
 * Whether a CA may issue certificates for a purpose. In OpenSSL's reading, a CA's extended key usage also limits the
 * certificates below it (RFC 5280, section 4.2.1.12, leaves that open).
 */
export function mayIssueFor(certificate: CertificateFields, purpose: TlsPurpose): boolean {
  return isAuthority(certificate) && certificate.extendedKeyUsage?.includes(keyPurposes[purpose]) !== false;
}

export type TlsPurpose = 'serverAuth' | 'clientAuth';

/** Whether a CA signed a certificate: by its name, as OpenSSL compares names, and its key. */
export function isIssuedBy(certificate: CertificateFields, ca: CertificateFields): boolean {
  return ca.subjectName === certificate.issuerName && certificate.x509.verify(ca.x509.publicKey);
}

/** A certificate has more than 127 bytes, so the second one of its DER is not ASCII. */
function isDer(source: string | Buffer): source is Buffer {
  return typeof source !== 'string' && source[0] === tags.sequence && (source[1] ?? 0) >= 0x80;
}

function parseX509(source: string | Buffer): X509Certificate {
  try {
    return new X509Certificate(isDer(source) ? certificatePem(source) : source);
  } catch (cause) {
    throw DomainError.of('not-a-certificate', {}, { cause });
  }
}

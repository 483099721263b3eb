import type { X509Certificate } from 'node:crypto';
import type { CertificateRole, CertificateSummary } from '../core/certificate';
import { describeKey } from '../x509/describe-key';
import { keyPurposes } from '../x509/extensions';
import { commonNames, displayName, displaySafe } from '../x509/name';
import { type CertificateFields, isAuthority, readCertificate } from './certificate-fields';
import { boundCompatibles, displayNames } from './device-names';

/**
 * The facts to show to people.
 * @param source PEM (the first certificate in it), DER or a parsed certificate
 * @throws DomainError `invalid-input` when it is not a certificate or malformed
 */
export function summarizeCertificate(source: string | Buffer | X509Certificate): CertificateSummary {
  return summarizeFields(readCertificate(source));
}

export function summarizeFields(certificate: CertificateFields): CertificateSummary {
  const [commonName] = commonNames(certificate.subject);
  return {
    role: roleOf(certificate),
    commonName: typeof commonName === 'string' ? displaySafe(commonName) : '',
    subject: displayName(certificate.subject),
    issuer: displayName(certificate.issuer),
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    keyAlgorithm: describeKey(certificate.publicKey),
    names: displayNames(certificate.alternativeNames),
    compatibles: boundCompatibles(certificate.alternativeNames),
    statesPurpose: certificate.extendedKeyUsage !== null,
    fingerprint: certificate.x509.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function roleOf(certificate: CertificateFields): CertificateRole {
  if (isAuthority(certificate)) return 'ca';
  if (certificate.extendedKeyUsage?.includes(keyPurposes.serverAuth) === true) return 'server';
  if (certificate.extendedKeyUsage?.includes(keyPurposes.clientAuth) === true) return 'device';
  return 'unknown';
}

import type { X509Certificate } from 'node:crypto';
import type { CertificateRole, CertificateSummary } from '../core/certificate';
import { type CertificateFields, isAuthority, keyPurposes, readCertificate } from '../x509/certificate';
import { commonNames, displayName, displaySafe } from '../x509/distinguished-name';
import { describeKey } from './private-key';
import { boundCompatibles, displayNames } from '../x509/subject-alt-name';

/**
 * The facts that people are shown.
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
    keyAlgorithm: describeKey(certificate.x509.publicKey),
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

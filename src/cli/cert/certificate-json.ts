import { presentFinding } from '../../contract/present-why';
import type { CertificateSummary, IssuedFiles, ListedCertificate } from '../../core/certificate';

/** Certificates for scripts: snake case, instants in ISO 8601 with `Z`. */
export function certificateJson(certificate: CertificateSummary): object {
  return {
    role: certificate.role,
    common_name: certificate.commonName,
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    key_algorithm: certificate.keyAlgorithm,
    names: certificate.names,
    compatibles: certificate.compatibles,
    fingerprint: certificate.fingerprint,
  };
}

export function listedCertificateJson({ path, certificate, hasKey, revokedAt }: ListedCertificate): object {
  return {
    path,
    ...certificateJson(certificate),
    has_key: hasKey,
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}

export function issuedFilesJson({ certificate, written, kept, warnings }: IssuedFiles): object {
  return { certificate: certificateJson(certificate), written, kept, warnings: warnings.map(presentFinding) };
}

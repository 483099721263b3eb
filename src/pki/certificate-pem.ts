import { DomainError, type ErrorCode } from '../core/errors';
import type { Why } from '../core/reasons/why';
import { type CertificateFields, readCertificate } from './certificate-fields';

const maxCertificates = 100;

/**
 * All certificates of a PEM text, in order. Skips what is between them, as OpenSSL does.
 * @param source the name by which people know the text, such as its path
 * @throws DomainError with the given code when there is no certificate, or one is unreadable
 */
export function readCertificates(pem: string, source: Why, code: ErrorCode): CertificateFields[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0 || blocks.length > maxCertificates) {
    throw DomainError.of('certificates-miscounted', { source, count: blocks.length }, { code });
  }
  return blocks.map((block) => {
    try {
      return readCertificate(block);
    } catch (cause) {
      throw DomainError.of('certificate-unreadable', { source }, { code, cause });
    }
  });
}

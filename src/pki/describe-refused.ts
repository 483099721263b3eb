import type { X509Certificate } from 'node:crypto';
import { cutText } from '../base/text/cut-text';
import type { RefusedSubject } from '../core/connection-refusal';
import { DomainError } from '../core/errors';
import { displayName } from '../x509/name';
import { type CertificateFields, isIssuedBy, readCertificate } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { identityOf } from './device-identity';

/** The longest name that is shown: a stranger's certificate can contain anything. */
const nameMaxLength = 200;
/** RFC 5280 (section 4.1.2.2) allows 40 digits. */
const serialMaxLength = 64;
/**
 * A device certificate has about one kilobyte. TLS lets certificates of a hundred kilobytes through, which take tens of
 * milliseconds to read.
 */
const maxSizeBytes = 8_192;
const unreadable: RefusedSubject = { subject: '', issuer: '', serial: '', deviceId: null, isOurs: false };

/**
 * @param caPem the CAs of `ca.crt`
 * @returns a function that describes a certificate that TLS or we refused. It reads the certificate and, if it names one of our
 * CAs, checks a signature, so call it once per certificate.
 */
export function createDescribeRefused(caPem: string): (x509: X509Certificate) => RefusedSubject {
  const authorities = readCertificates(caPem, 'ca.crt', 'configuration');

  function describe(certificate: CertificateFields): RefusedSubject {
    const isOurs = authorities.some((ca) => isIssuedBy(certificate, ca));
    return {
      subject: cutText(displayName(certificate.subject), nameMaxLength),
      issuer: cutText(displayName(certificate.issuer), nameMaxLength),
      serial: cutText(certificate.serial, serialMaxLength),
      deviceId: isOurs ? deviceIdOf(certificate) : null,
      isOurs,
    };
  }

  return (x509) => {
    if (x509.raw.length > maxSizeBytes) return unreadable;
    try {
      return describe(readCertificate(x509));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return unreadable;
    }
  };
}

function deviceIdOf(certificate: CertificateFields): string | null {
  const found = identityOf(certificate);
  return found.ok ? found.identity.id : null;
}

import type { X509Certificate } from 'node:crypto';
import { cutText } from '../base/text/cut-text';
import type { RefusedSubject } from '../core/connection-refusal';
import { DomainError } from '../core/errors';
import { displayName } from '../x509/name';
import { type CertificateFields, isIssuedBy, readCertificate } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { identityOf } from './device-identity';

/** Of a name that is shown; whoever comes without a certificate of ours writes what he likes. */
const nameMaxLength = 200;
/** RFC 5280 (section 4.1.2.2) allows 40 digits. */
const serialMaxLength = 64;
/** A device certificate has about one kilobyte; TLS lets a hundred through, which take tens of milliseconds to read. */
const maxSizeBytes = 8_192;
const unreadable: RefusedSubject = { subject: '', issuer: '', serial: '', deviceId: null, isOurs: false };

/**
 * @param caPem the CAs of `ca.crt`
 * @returns what describes a certificate that TLS or we refused. It reads the certificate, and checks a signature when it names one of
 * our CAs, so it is asked once a certificate.
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

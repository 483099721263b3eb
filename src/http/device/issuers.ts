import { X509Certificate } from 'node:crypto';

/**
 * Whether one of the CAs signed a certificate itself. It is asked when the CA file changes: a chain over an intermediate
 * CA that only the handshake could verify counts as no, and the device connects again.
 * @param caPem one certificate or several
 */
export function isIssuedByOneOf(certificate: X509Certificate, caPem: string): boolean {
  const blocks = caPem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  return blocks
    .map((block) => new X509Certificate(block))
    .some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

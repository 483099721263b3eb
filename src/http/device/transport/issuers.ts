import { X509Certificate } from 'node:crypto';

/**
 * Parses the certificates of a PEM text. OpenSSL ignores what it cannot read, and would then refuse every device.
 * @throws Error if there is none, or one cannot be read
 */
export function parseAuthorities(caPem: string): X509Certificate[] {
  const blocks = caPem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no CA certificate');
  return blocks.map((block) => new X509Certificate(block));
}

/**
 * Whether one of the CAs signed a certificate directly. Used when the CA file changes: a chain over an intermediate CA, which only the
 * handshake can verify, counts as no, and the device connects again.
 */
export function isIssuedByOneOf(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
): boolean {
  return authorities.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

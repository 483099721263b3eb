import { X509Certificate } from 'node:crypto';

/**
 * The certificates of a PEM text. OpenSSL passes over what it cannot read, and would let nobody in.
 * @throws Error when there is none, or one that cannot be read
 */
export function parseAuthorities(caPem: string): X509Certificate[] {
  const blocks = caPem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no CA certificate');
  return blocks.map((block) => new X509Certificate(block));
}

/**
 * Whether one of the CAs signed a certificate itself. It is asked when the CA file changes: a chain over an intermediate
 * CA that only the handshake could verify counts as no, and the device connects again.
 */
export function isIssuedByOneOf(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
): boolean {
  return authorities.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

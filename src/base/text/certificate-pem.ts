/**
 * The PEM of one certificate. Decode DER from strangers this way only: `new X509Certificate(der)` looks for PEM first, and
 * mistakes a certificate that contains the PEM of another one for that other one.
 */
export function certificatePem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

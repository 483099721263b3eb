/**
 * How the device listener does TLS, apart from its files. Certificates are tested with the same options before they are used, so
 * the test gives the listener's result.
 */
export const deviceTlsOptions = {
  requestCert: true,
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
} as const;

/**
 * Node's own, without TLS 1.2 key exchanges that encrypt the secret with the server's RSA key: with them, someone who obtains
 * that key later can read recorded connections (RFC 9325, section 4.1), and a slip in decryption leaks the secret at once.
 * @param nodesOwn `DEFAULT_CIPHERS` of Node's TLS
 */
export function deviceCiphers(nodesOwn: string): string {
  return `${nodesOwn}:!kRSA`;
}

/** What a CA is trusted for: id-kp-serverAuth or id-kp-clientAuth (RFC 5280, section 4.2.1.12), as the last arc of the OID. */
const lastArcs = { serverAuth: 0x01, clientAuth: 0x02 } as const;

/**
 * A CA that ends chains, whether self-signed or not. OpenSSL ends a chain at an intermediate only if told what the intermediate
 * is trusted for: a `TRUSTED CERTIFICATE` (X509_CERT_AUX), which is the DER followed by a list of purposes. Node's
 * `allowPartialTrustChain` has no effect on a server, and Node 20 does not have it. OpenSSL then ignores the CA's own extended
 * key usage, so the caller must check it.
 * @returns PEM, for `ca` of Node's TLS
 */
export function trustAnchorPem(certificateDer: Uint8Array, purpose: keyof typeof lastArcs): string {
  const trustedFor = Buffer.of(
    ...[0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03],
    lastArcs[purpose],
  );
  const base64 = Buffer.concat([certificateDer, trustedFor]).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN TRUSTED CERTIFICATE-----', ...lines, '-----END TRUSTED CERTIFICATE-----', ''].join(
    '\n',
  );
}

import type { KeyObject } from 'node:crypto';
import { readElement } from '../x509/element';
import { tags } from '../x509/tags';

const rsaBits = { min: 2048, max: 8192 };
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** What a hint names: every kind of key that {@link keyProblem} lets pass. */
export const acceptedKeys = `an EC key on P-256, P-384 or P-521, an RSA key of ${rsaBits.min} to ${rsaBits.max} bits, or an Ed25519 key`;

/**
 * Why some device TLS libraries do not take a key, as the words after "it has"; `null` when all do. OpenSSL takes brainpool,
 * RSA-PSS and Ed448, but GnuTLS and mbed TLS each lack one or another.
 */
export function keyProblem(spkiDer: Buffer, key: KeyObject): string | null {
  const { modulusLength = 0, namedCurve = 'an unnamed curve' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (modulusLength >= rsaBits.min && modulusLength <= rsaBits.max) return null;
      return `an RSA key of ${modulusLength} bits`;
    case 'ec':
      if (!hasNamedCurve(spkiDer)) return 'an EC key with its curve written out (explicit parameters)';
      return curves.includes(namedCurve) ? null : `an EC key on ${namedCurve}`;
    case 'ed25519':
      return null;
    default:
      return `a key of the kind ${key.asymmetricKeyType ?? 'unknown'}`;
  }
}

/** Parameters written out could describe a curve that only looks like a known one (CVE-2020-0601). */
export function hasNamedCurve(spkiDer: Buffer): boolean {
  const [algorithm] = readElement(spkiDer, 'DER').members();
  return algorithm?.members()[1]?.tag === tags.objectIdentifier;
}

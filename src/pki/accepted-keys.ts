import type { KeyObject } from 'node:crypto';
import { circumstance } from '../core/circumstances/catalogue';
import { rsaBits } from '../core/reasons/key-words';
import type { Circumstance } from '../core/reasons/why';
import { readElement } from '../x509/element';
import { tags } from '../x509/tags';

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/**
 * Why some device TLS libraries do not take a key, as the words after "it has"; `null` when all do. OpenSSL takes brainpool,
 * RSA-PSS and Ed448, but GnuTLS and mbed TLS each lack some of them.
 */
export function keyProblem(spkiDer: Buffer, key: KeyObject): Circumstance | null {
  const { modulusLength: bits = 0, namedCurve: curve = null } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return bits >= rsaBits.min && bits <= rsaBits.max ? null : circumstance('rsa-key-of-size', { bits });
    case 'ec':
      if (!hasNamedCurve(spkiDer)) return circumstance('ec-curve-written-out');
      return curve !== null && curves.includes(curve) ? null : circumstance('ec-key-on-curve', { curve });
    case 'ed25519':
      return null;
    default:
      return circumstance('key-of-kind', { kind: key.asymmetricKeyType ?? null });
  }
}

/** Parameters written out could describe a curve that only looks like a known one (CVE-2020-0601). */
export function hasNamedCurve(spkiDer: Buffer): boolean {
  const [algorithm] = readElement(spkiDer, 'DER').members();
  return algorithm?.members()[1]?.tag === tags.objectIdentifier;
}

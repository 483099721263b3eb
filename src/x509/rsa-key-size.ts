import { circumstance } from '../core/circumstances/catalogue';
import type { KeyObject } from 'node:crypto';
import { readElement } from './element';
import { Fields } from './fields';
import { Malformed } from './malformed';
import { bitsOf, readBitString } from './primitives';
import { tags } from './tags';

/** The largest keys that OpenSSL verifies with (`RSA_MAX_MODULUS_BITS`, `RSA_SMALL_MODULUS_BITS`, `RSA_MAX_PUBEXP_BITS` of openssl/rsa.h). */
const maxModulusBits = 16_384;
const smallModulusBits = 3_072;
const maxExponentBits = 64;

/**
 * Refuses an RSA key that OpenSSL does not verify with. Call it before anything else reads the key: merely asking Node
 * for an exponent that fills a CMS takes seconds.
 * @throws Malformed
 */
export function refuseOversizedKey(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return;
  const [modulusBits, exponentBits] = rsaSizes(key.export({ type: 'spki', format: 'der' }));
  if (modulusBits > maxModulusBits)
    throw new Malformed(circumstance('rsa-key-too-large', { bits: modulusBits }));
  const limit = modulusBits > smallModulusBits ? maxExponentBits : modulusBits;
  if (exponentBits > limit)
    throw new Malformed(circumstance('rsa-exponent-too-large', { bits: exponentBits }));
}

/** Bits of modulus and exponent (RFC 8017, appendix A.1.1). */
function rsaSizes(spkiDer: Buffer): readonly [modulus: number, exponent: number] {
  const numbers = new Fields(readElement(publicKeyBits(spkiDer), 'DER'));
  return [bitsOf(numbers.take(tags.integer)), bitsOf(numbers.take(tags.integer))];
}

/** The octets of the subjectPublicKey BIT STRING of a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7). @throws Malformed */
export function publicKeyBits(spkiDer: Buffer): Buffer {
  const [, bits] = readElement(spkiDer, 'DER').members();
  return readBitString(bits);
}

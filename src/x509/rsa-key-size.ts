import type { KeyObject } from 'node:crypto';
import { readElements } from './element';
import { Malformed } from './malformed';

/** What OpenSSL verifies with (`RSA_MAX_MODULUS_BITS`, `RSA_SMALL_MODULUS_BITS`, `RSA_MAX_PUBEXP_BITS` of openssl/rsa.h). */
const maxModulusBits = 16_384;
const smallModulusBits = 3_072;
const maxExponentBits = 64;

/**
 * Refuses an RSA key that OpenSSL verifies nothing with. Call it before anything else looks at the key: merely to ask
 * Node for the exponent takes seconds when it fills a CMS.
 * @throws Malformed
 */
export function refuseOversizedKey(key: KeyObject): void {
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return;
  const [modulusBits, exponentBits] = rsaSizes(key);
  if (modulusBits > maxModulusBits) throw new Malformed(`an RSA key of ${modulusBits} bits is too large`);
  const limit = modulusBits > smallModulusBits ? maxExponentBits : modulusBits;
  if (exponentBits > limit) throw new Malformed(`an RSA key has an exponent of ${exponentBits} bits`);
}

/** Bits of modulus and exponent, by the lengths of the two integers of a key (RFC 8017, appendix A.1.1). */
function rsaSizes(key: KeyObject): readonly [modulus: number, exponent: number] {
  const [info] = readElements(key.export({ type: 'spki', format: 'der' }));
  const [, bits] = readElements(info?.content ?? Buffer.alloc(0));
  const [numbers] = readElements(bits?.content.subarray(1) ?? Buffer.alloc(0));
  const [modulus, exponent] = readElements(numbers?.content ?? Buffer.alloc(0));
  return [bitsOf(modulus?.content), bitsOf(exponent?.content)];
}

/** Of a positive integer in DER. */
function bitsOf(content: Buffer | undefined): number {
  const at = content?.findIndex((octet) => octet !== 0) ?? -1;
  if (content === undefined || at < 0) return 0;
  return (content.length - at) * 8 - (Math.clz32(content.readUInt8(at)) - 24);
}

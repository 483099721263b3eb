import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../x509/algorithm';
import { type HashName, type SignatureScheme, signatureScheme } from '../x509/signature-algorithm';

const minRsaBits = 2048;
const curves = /^(prime256v1|secp(256|384|521)[rk]1|brainpoolP(256|384|512)[rt]1)$/;

/**
 * How to verify a trustworthy signature, or why it is refused: the algorithm or key is weak or unknown, or they do not match.
 * @param digest the digest algorithm that goes with it in a CMS, for identifiers that name none
 */
export function strongScheme(
  algorithm: Algorithm,
  key: KeyObject | null,
  digest?: HashName,
): SignatureScheme | string {
  if (key === null) return unknownKey;
  return keyWeakness(key) ?? signatureScheme(algorithm, key, digest);
}

const unknownKey = 'a key of an unknown kind is not accepted';

/** Why a key is too weak to sign anything that we trust; `undefined` when it is fine. */
export function keyWeakness(key: KeyObject | null): string | undefined {
  if (key === null) return unknownKey;
  const { modulusLength = 0, namedCurve = 'an unnamed curve' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength >= minRsaBits ? undefined : `an RSA key of ${modulusLength} bits is too weak`;
    case 'ec':
      return curves.test(namedCurve) ? undefined : `an EC key on ${namedCurve} is not accepted`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return `a key of type ${String(key.asymmetricKeyType)} is not accepted`;
  }
}

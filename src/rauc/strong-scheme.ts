import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../x509/algorithm';
import { type HashName, type SignatureScheme, signatureScheme } from '../x509/signature-algorithm';

const minRsaBits = 2048;
const curves = /^(prime256v1|secp(256|384|521)[rk]1|brainpoolP(256|384|512)[rt]1)$/;

/**
 * How to verify a trustworthy signature, or why it is refused: the algorithm or key is weak or unknown, or they do not match.
 * @param digest the digest algorithm given with it in a CMS, for signature algorithms that name none
 */
export function strongScheme(
  algorithm: Algorithm,
  key: KeyObject | null,
  digest?: HashName,
): SignatureScheme | Circumstance {
  if (key === null) return unknownKey;
  return keyWeakness(key) ?? signatureScheme(algorithm, key, digest);
}

const unknownKey = circumstance('key-unknown');

/** Why a key is too weak to sign anything that we trust; `undefined` when it is fine. */
export function keyWeakness(key: KeyObject | null): Circumstance | undefined {
  if (key === null) return unknownKey;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return modulusLength >= minRsaBits
        ? undefined
        : circumstance('rsa-key-too-weak', { bits: modulusLength });
    case 'ec':
      return namedCurve !== undefined && curves.test(namedCurve)
        ? undefined
        : circumstance('curve-not-accepted', { curve: namedCurve ?? null });
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return circumstance('key-type-not-accepted', { type: String(key.asymmetricKeyType) });
  }
}

import type { KeyObject } from 'node:crypto';

const curveNames: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/**
 * For people: `EC P-256`, `RSA 3072`, `Ed25519`.
 * @param key `null` when its kind is unknown
 */
export function describeKey(key: KeyObject | null): string {
  const { modulusLength = 0, namedCurve = 'unknown curve' } = key?.asymmetricKeyDetails ?? {};
  switch (key?.asymmetricKeyType) {
    case 'ec':
      return `EC ${curveNames[namedCurve] ?? namedCurve}`;
    case 'rsa':
      return `RSA ${modulusLength}`;
    case 'rsa-pss':
      return `RSA-PSS ${modulusLength}`;
    case 'ed25519':
      return 'Ed25519';
    case 'ed448':
      return 'Ed448';
    default:
      return key?.asymmetricKeyType ?? 'unknown';
  }
}

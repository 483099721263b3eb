import * as crypto from 'node:crypto';
import type { AlgorithmIdentifier } from 'pkijs';
import { RSASSAPSSParams } from 'pkijs';

export type HashName = 'sha256' | 'sha384' | 'sha512';

const hashes: Readonly<Record<string, HashName>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The hash of a digest algorithm identifier; `undefined` for one that is too weak (SHA-1) or unknown. */
export function hashOf(algorithmOid: string): HashName | undefined {
  return hashes[algorithmOid];
}

const rsaEncryption = '1.2.840.113549.1.1.1';
const rsassaPss = '1.2.840.113549.1.1.10';
const hashBySignature: Readonly<Record<string, { hash: HashName; keyType: 'rsa' | 'ec' }>> = {
  '1.2.840.113549.1.1.11': { hash: 'sha256', keyType: 'rsa' },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keyType: 'rsa' },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keyType: 'rsa' },
  '1.2.840.10045.4.3.2': { hash: 'sha256', keyType: 'ec' },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keyType: 'ec' },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keyType: 'ec' },
};

const edwards: Readonly<Record<string, string>> = { '1.3.101.112': 'ed25519', '1.3.101.113': 'ed448' };

/** How a signature is to be verified: hash, and the key options of node:crypto. */
export interface SignatureScheme {
  /** `null` where the algorithm has its own (Ed25519, Ed448). */
  readonly hash: HashName | null;
  readonly key: crypto.VerifyKeyObjectInput;
}

/**
 * Finds how to verify a signature with a key (RFC 8017, RFC 5754, RFC 4056, RFC 5758, RFC 8410).
 * @param digest the digest algorithm that goes with it in a CMS, for the identifiers that name none
 * @returns why it is refused, when the algorithm is unknown, weak, or is not one for this key
 */
export function signatureScheme(
  algorithm: AlgorithmIdentifier,
  publicKey: crypto.KeyObject | null,
  digest?: HashName,
): SignatureScheme | string {
  if (publicKey === null) return unknownKey;
  const weakness = keyWeakness(publicKey);
  if (weakness !== undefined) return weakness;
  const type = publicKey.asymmetricKeyType;
  if (algorithm.algorithmId === rsaEncryption) {
    if (type !== 'rsa' || digest === undefined)
      return 'the signature algorithm is not one for the key of the signer';
    return { hash: digest, key: { key: publicKey, padding: crypto.constants.RSA_PKCS1_PADDING } };
  }
  if (algorithm.algorithmId === rsassaPss) {
    return type === 'rsa' || type === 'rsa-pss'
      ? pssScheme(algorithm, publicKey)
      : 'a PSS signature needs an RSA key';
  }
  if (type !== undefined && edwards[algorithm.algorithmId] === type)
    return { hash: null, key: { key: publicKey } };
  const known = hashBySignature[algorithm.algorithmId];
  if (known === undefined) return `the signature algorithm ${algorithm.algorithmId} is unknown or too weak`;
  if (known.keyType !== type) return 'the signature algorithm is not one for the key of the signer';
  if (type === 'ec') return { hash: known.hash, key: { key: publicKey, dsaEncoding: 'der' } };
  return { hash: known.hash, key: { key: publicKey, padding: crypto.constants.RSA_PKCS1_PADDING } };
}

/** Whether a key is of the kind that makes signatures of an algorithm, as OpenSSL asks before it verifies one. */
export function signsWith(algorithmOid: string, key: crypto.KeyObject | null): boolean {
  const type = key?.asymmetricKeyType;
  if (type === undefined) return false;
  if (algorithmOid === rsassaPss) return type === 'rsa' || type === 'rsa-pss';
  if (algorithmOid.startsWith('1.2.840.113549.1.1.')) return type === 'rsa';
  if (algorithmOid.startsWith('1.2.840.10045.4.')) return type === 'ec';
  return edwards[algorithmOid] === type;
}

function pssScheme(algorithm: AlgorithmIdentifier, publicKey: crypto.KeyObject): SignatureScheme | string {
  const parameters = parsePssParameters(algorithm);
  if (parameters === undefined) return 'the PSS signature has parameters that can not be read';
  const hash = hashOf(parameters.hashAlgorithm.algorithmId);
  if (hash === undefined) return 'the PSS signature uses a hash that is unknown or too weak';
  const mask: unknown = parameters.maskGenAlgorithm.algorithmParams;
  const maskHash = mask === undefined ? undefined : firstOid(mask);
  if (maskHash === undefined || hashOf(maskHash) !== hash)
    return 'the PSS signature uses two different hashes';
  return {
    hash,
    key: {
      key: publicKey,
      padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
      saltLength: parameters.saltLength,
    },
  };
}

function parsePssParameters(algorithm: AlgorithmIdentifier): RSASSAPSSParams | undefined {
  try {
    return new RSASSAPSSParams({ schema: algorithm.algorithmParams as unknown });
  } catch {
    return undefined;
  }
}

function firstOid(sequence: unknown): string | undefined {
  const blocks = (sequence as { valueBlock?: { value?: { valueBlock?: { toString(): string } }[] } })
    .valueBlock?.value;
  return blocks?.[0]?.valueBlock?.toString();
}

const unknownKey = 'a key of an unknown kind is not accepted';

/** Why a key is too weak to sign anything that we trust; `undefined` when it is fine. */
export function keyWeakness(key: crypto.KeyObject | null): string | undefined {
  if (key === null) return unknownKey;
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return (modulusLength ?? 0) >= 2048
        ? undefined
        : `an RSA key of ${modulusLength ?? 0} bits is too weak`;
    case 'ec':
      return namedCurve !== undefined &&
        /^(prime256v1|secp(256|384|521)[rk]1|brainpoolP(256|384|512)[rt]1)$/.test(namedCurve)
        ? undefined
        : `an EC key on ${namedCurve ?? 'an unnamed curve'} is not accepted`;
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return `a key of type ${String(key.asymmetricKeyType)} is not accepted`;
  }
}

/** For example `EC P-256` or `RSA 3072`. */
export function describeKey(key: crypto.KeyObject | null): string {
  if (key === null) return 'unknown';
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const curves: Readonly<Record<string, string>> = {
    prime256v1: 'P-256',
    secp384r1: 'P-384',
    secp521r1: 'P-521',
  };
  if (key.asymmetricKeyType === 'ec') return `EC ${curves[namedCurve ?? ''] ?? namedCurve ?? '?'}`;
  if (modulusLength !== undefined)
    return `${key.asymmetricKeyType === 'rsa-pss' ? 'RSA-PSS' : 'RSA'} ${modulusLength}`;
  return String(key.asymmetricKeyType);
}

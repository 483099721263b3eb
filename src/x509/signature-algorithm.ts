import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { constants, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import type { Algorithm } from './algorithm';
import { Malformed } from './malformed';
import { type PssParameters, readPssParameters } from './pss-parameters';

export type HashName = 'sha256' | 'sha384' | 'sha512';

/** RFC 5754, section 2. */
export const hashOids = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

const hashes: ReadonlyMap<string, HashName> = new Map([
  [hashOids.sha256, 'sha256'],
  [hashOids.sha384, 'sha384'],
  [hashOids.sha512, 'sha512'],
]);

/** The hash of a digest algorithm identifier; `undefined` when it is too weak (SHA-1) or unknown. */
export function hashOf(algorithmOid: string): HashName | undefined {
  return hashes.get(algorithmOid);
}

/** RFC 8017, appendix C; RFC 5758, section 3.2; RFC 8410, section 3. */
export const signatureOids = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsassaPss: '1.2.840.113549.1.1.10',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  rsaWithSha384: '1.2.840.113549.1.1.12',
  rsaWithSha512: '1.2.840.113549.1.1.13',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  ed25519: '1.3.101.112',
  ed448: '1.3.101.113',
} as const;

/** What an algorithm identifier without parameters stands for. */
export interface PlainAlgorithm {
  readonly keyType: 'rsa' | 'ec' | 'ed25519' | 'ed448';
  /** `null` when the algorithm has its own (Ed25519, Ed448). */
  readonly hash: HashName | null;
}

const plainAlgorithms: ReadonlyMap<string, PlainAlgorithm> = new Map<string, PlainAlgorithm>([
  [signatureOids.rsaWithSha256, { keyType: 'rsa', hash: 'sha256' }],
  [signatureOids.rsaWithSha384, { keyType: 'rsa', hash: 'sha384' }],
  [signatureOids.rsaWithSha512, { keyType: 'rsa', hash: 'sha512' }],
  [signatureOids.ecdsaWithSha256, { keyType: 'ec', hash: 'sha256' }],
  [signatureOids.ecdsaWithSha384, { keyType: 'ec', hash: 'sha384' }],
  [signatureOids.ecdsaWithSha512, { keyType: 'ec', hash: 'sha512' }],
  [signatureOids.ed25519, { keyType: 'ed25519', hash: null }],
  [signatureOids.ed448, { keyType: 'ed448', hash: null }],
]);

/** A signature algorithm without parameters. SHA-1 and MD5 are absent, because collisions forge them. */
export function plainAlgorithm(algorithmOid: string): PlainAlgorithm | undefined {
  return plainAlgorithms.get(algorithmOid);
}

/** How to verify a signature: hash, and the key options of node:crypto. */
export interface SignatureScheme {
  /** `null` when the algorithm has its own (Ed25519, Ed448). */
  readonly hash: HashName | null;
  readonly key: VerifyKeyObjectInput;
}

const wrongKey = circumstance('algorithm-not-of-key');

/**
 * Finds how to verify a signature with a key (RFC 8017, RFC 5754, RFC 4056, RFC 5758, RFC 8410).
 * @param digest the digest algorithm given with it in a CMS, for signature algorithms that name none
 * @returns why it is refused, when the algorithm is unknown, weak or wrong for this key
 */
export function signatureScheme(
  algorithm: Algorithm,
  publicKey: KeyObject,
  digest?: HashName,
): SignatureScheme | Circumstance {
  const type = publicKey.asymmetricKeyType;
  if (algorithm.id === signatureOids.rsaEncryption) {
    return type === 'rsa' && digest !== undefined ? pkcs1Scheme(publicKey, digest) : wrongKey;
  }
  if (algorithm.id === signatureOids.rsassaPss) {
    return type === 'rsa' || type === 'rsa-pss'
      ? pssScheme(algorithm, publicKey)
      : circumstance('pss-without-rsa-key');
  }
  const known = plainAlgorithm(algorithm.id);
  if (known === undefined) return circumstance('algorithm-not-accepted', { id: algorithm.id });
  const { keyType, hash } = known;
  if (keyType !== type) return wrongKey;
  if (hash === null) return { hash, key: { key: publicKey } };
  return keyType === 'rsa'
    ? pkcs1Scheme(publicKey, hash)
    : { hash, key: { key: publicKey, dsaEncoding: 'der' } };
}

/** Whether a key fits a signature algorithm, which OpenSSL checks before it verifies. */
export function signsWith(algorithmOid: string, key: KeyObject | null): boolean {
  const type = key?.asymmetricKeyType;
  if (type === undefined) return false;
  if (algorithmOid === signatureOids.rsassaPss) return type === 'rsa' || type === 'rsa-pss';
  if (algorithmOid.startsWith('1.2.840.113549.1.1.')) return type === 'rsa';
  if (algorithmOid.startsWith('1.2.840.10045.4.')) return type === 'ec';
  return plainAlgorithm(algorithmOid)?.keyType === type;
}

function pkcs1Scheme(key: KeyObject, hash: HashName): SignatureScheme {
  return { hash, key: { key, padding: constants.RSA_PKCS1_PADDING } };
}

function pssScheme({ parameters: encoded }: Algorithm, key: KeyObject): SignatureScheme | Circumstance {
  let parameters: PssParameters;
  try {
    parameters = readPssParameters(encoded);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return circumstance('pss-unreadable');
  }
  const { maskHash, saltLength } = parameters;
  const hash = hashOf(parameters.hash);
  if (hash === undefined) return circumstance('pss-hash-not-accepted');
  if (hashOf(maskHash) !== hash) return circumstance('pss-of-two-hashes');
  return { hash, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
}

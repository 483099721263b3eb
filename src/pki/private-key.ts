import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from '../core/certificate';
import { DomainError, type ErrorCode } from '../core/errors';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const rsaBits = 3072;

/** ECDSA P-256, or RSA 3072 for old stacks (the strength of P-256, NIST SP 800-57 part 1). */
export async function makeKeyPair(type: KeyType): Promise<KeyPair> {
  return type === 'ec'
    ? await generate('ec', { namedCurve: 'prime256v1' })
    : await generate('rsa', { modulusLength: rsaBits });
}

/**
 * @param source what the reader knows the key by, such as its path
 * @throws DomainError with the given code when it is encrypted or not a private key
 */
export function readPrivateKey(pem: string | Buffer, source: string, code: ErrorCode): KeyPair {
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch (cause) {
    if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem.toString('latin1'))) {
      throw new DomainError(code, `${source} is encrypted with a pass phrase`, {
        cause,
        remedy: `Decrypt it: openssl pkey -in ${source} -out decrypted.key`,
      });
    }
    throw new DomainError(code, `${source} is not a private key`, {
      cause,
      remedy: 'Give an unencrypted private key in PEM form.',
    });
  }
}

export function exportPrivateKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function exportPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

const curveNames: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** For people: `EC P-256`, `RSA 3072`, `Ed25519`. */
export function describeKey(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'ec':
      return `EC ${curveNames[details?.namedCurve ?? ''] ?? details?.namedCurve ?? 'unknown curve'}`;
    case 'rsa':
    case 'rsa-pss':
      return `RSA ${details?.modulusLength ?? 0}`;
    case 'ed25519':
      return 'Ed25519';
    case 'ed448':
      return 'Ed448';
    default:
      return key.asymmetricKeyType ?? 'unknown';
  }
}

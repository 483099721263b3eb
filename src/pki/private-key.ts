import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from '../core/certificate';
import { DomainError, type ErrorCode } from '../core/errors';
import type { Why } from '../core/reasons/why';

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
 * @param source the name by which people know the key, such as its path
 * @param file its path, for commands; `null` when it does not come from a file
 * @throws DomainError with the given code when it is encrypted or not a private key
 */
export function readPrivateKey(
  pem: string | Buffer,
  source: Why,
  code: ErrorCode,
  file: string | null = typeof source === 'string' ? source : null,
): KeyPair {
  try {
    const privateKey = createPrivateKey(pem);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  } catch (cause) {
    if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem.toString('latin1'))) {
      throw DomainError.of('key-encrypted', { source, file }, { code, cause });
    }
    throw DomainError.of('not-a-private-key', { source }, { code, cause });
  }
}

export function exportPrivateKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

export function exportPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

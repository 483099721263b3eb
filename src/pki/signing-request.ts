import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { DomainError } from '../core/errors';
import { acceptedKeys, keyProblem } from './accepted-keys';
import { derTags, expectTag, readBitString, readDer, readDerList, readOid } from '../x509/der-reader';
import { commonNames, readName } from '../x509/distinguished-name';

/** What is taken from a request (PKCS #10, RFC 2986): the key, and the name to compare. The rest is policy. */
export interface SigningRequest {
  readonly publicKey: KeyObject;
  /** `null` when it names nobody. */
  readonly commonName: string | null;
}

const maxSizeBytes = 64 * 1024;
const minRsaExponent = 65_537n; // NIST SP 800-56B, section 6.2; with 1 anybody could sign

/** Self-signatures accepted: the hash by algorithm. SHA-1 and MD5 are absent because collisions forge them. */
const hashes: ReadonlyMap<string, { readonly keyType: string; readonly hash: string | null }> = new Map([
  ['1.2.840.113549.1.1.11', { keyType: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keyType: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keyType: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { keyType: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keyType: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keyType: 'ec', hash: 'sha512' }],
  ['1.3.101.112', { keyType: 'ed25519', hash: null }],
]);

/**
 * Reads a request and checks that its key is strong and that whoever made it has the private key.
 * @param source PEM or DER, at most 64 KiB
 * @throws DomainError `invalid-input` when it is not a request, `certificate-refused` when it is not good enough
 */
export function readSigningRequest(source: string | Uint8Array): SigningRequest {
  const [info, algorithm, signature] = readDerList(readDer(requestDer(source), derTags.sequence).content);
  const [, subject, spki] = readDerList(expectTag(info, derTags.sequence).content);
  const publicKey = readPublicKey(expectTag(spki, derTags.sequence).raw);
  const signedWith = hashes.get(readOid(readDerList(expectTag(algorithm, derTags.sequence).content)[0]));
  if (signedWith?.keyType !== publicKey.asymmetricKeyType || signedWith === undefined) {
    throw refused(
      'it is signed with an algorithm that is not accepted',
      'Sign it with SHA-256, SHA-384 or SHA-512, for example: openssl req -new -sha256 -key device.key -subj /CN=board-1 -out device.csr',
    );
  }
  if (
    !isSigned(signedWith.hash, expectTag(info, derTags.sequence).raw, publicKey, readBitString(signature))
  ) {
    throw refused(
      'its own signature is wrong',
      'It was changed or damaged on the way: make or copy it again.',
    );
  }
  return { publicKey, commonName: readCommonName(expectTag(subject, derTags.sequence).raw) };
}

function requestDer(source: string | Uint8Array): Buffer {
  const bytes = typeof source === 'string' ? Buffer.from(source, 'utf8') : Buffer.from(source);
  if (bytes.length > maxSizeBytes)
    throw new DomainError('invalid-input', 'the request is larger than 64 KiB');
  const sequenceTag = 0x30;
  if (bytes[0] === sequenceTag) return bytes;
  const blocks = [
    ...bytes
      .toString('latin1')
      .matchAll(
        /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----/g,
      ),
  ];
  if (blocks.length !== 1) {
    throw new DomainError(
      'invalid-input',
      `there are ${blocks.length} certificate requests in it instead of one`,
      {
        remedy: 'Give one request in PEM or DER form, as "openssl req -new" makes it.',
      },
    );
  }
  return Buffer.from(blocks[0]?.[1] ?? '', 'base64');
}

function readPublicKey(spkiDer: Buffer): KeyObject {
  const publicKey = parsePublicKey(spkiDer);
  const problem = keyProblem(spkiDer, publicKey);
  if (problem !== null) throw refused(`it has ${problem}`, `Use ${acceptedKeys}.`);
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent;
  if (exponent !== undefined && exponent < minRsaExponent) {
    throw refused('its RSA key has a small exponent', 'Use an RSA key with the exponent 65537.');
  }
  return publicKey;
}

function parsePublicKey(spkiDer: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spkiDer, type: 'spki', format: 'der' });
  } catch (cause) {
    throw new DomainError('invalid-input', 'the public key of the request cannot be read', { cause });
  }
}

function isSigned(hash: string | null, signed: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

function readCommonName(subjectDer: Buffer): string | null {
  const names = commonNames(readName(subjectDer));
  if (names.length > 1) throw refused('it has several common names', 'Make it with one, or without.');
  const [name] = names;
  if (name === null)
    throw refused('its common name is not text', 'Make it with the device id as common name.');
  return name ?? null;
}

function refused(what: string, remedy: string): DomainError {
  return new DomainError('certificate-refused', `the certificate request is refused: ${what}`, { remedy });
}

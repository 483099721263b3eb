import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { Circumstance } from '../core/reasons/why';
import { readAlgorithm } from '../x509/algorithm';
import { type Element, readElement } from '../x509/element';
import { Fields } from '../x509/fields';
import { Malformed } from '../x509/malformed';
import { commonNames, readName } from '../x509/name';
import { readBitString } from '../x509/primitives';
import { refuseOversizedKey } from '../x509/rsa-key-size';
import { plainAlgorithm } from '../x509/signature-algorithm';
import { explicit, tags } from '../x509/tags';
import { keyProblem } from './accepted-keys';

/** What we take from a request (PKCS #10, RFC 2986): the key, and the name to compare. The rest is policy. */
export interface SigningRequest {
  readonly publicKey: KeyObject;
  /** `null` when it has no name. */
  readonly commonName: string | null;
}

const maxSizeBytes = 64 * 1024;
const minRsaExponent = 65_537n; // NIST SP 800-56B, section 6.2; with 1 anyone could sign

/**
 * Reads a request, and checks that its key is strong and its maker has the private key.
 * @param source PEM or DER, at most 64 KiB
 * @throws DomainError `invalid-input` when it is not a request, `certificate-refused` when it is not good enough
 */
export function readSigningRequest(source: string | Uint8Array): SigningRequest {
  try {
    return readRequest(requestDer(source));
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw DomainError.of('request-malformed', { why: cause.what }, { cause });
  }
}

/** A CertificationRequest (RFC 2986, section 4.2). */
function readRequest(der: Buffer): SigningRequest {
  const outer = new Fields(readElement(der, 'DER'));
  const info = outer.take(tags.sequence);
  const { id } = readAlgorithm(outer.take(tags.sequence));
  const signature = readBitString(outer.take(tags.bitString));
  outer.end();
  const fields = new Fields(info);
  fields.take(tags.integer);
  const subject = fields.take(tags.sequence);
  const publicKey = readPublicKey(fields.take(tags.sequence).raw);
  fields.takeIf(explicit(0));
  fields.end();
  const algorithm = plainAlgorithm(id);
  if (algorithm === undefined || algorithm.keyType !== publicKey.asymmetricKeyType) {
    throw refused(circumstance('request-algorithm-not-taken'));
  }
  if (!isSigned(algorithm.hash, info.raw, publicKey, signature)) {
    throw refused(circumstance('request-signature-wrong'));
  }
  return { publicKey, commonName: readCommonName(subject) };
}

function requestDer(source: string | Uint8Array): Buffer {
  const bytes = typeof source === 'string' ? Buffer.from(source, 'utf8') : Buffer.from(source);
  if (bytes.length > maxSizeBytes) throw DomainError.of('request-too-large');
  if (bytes[0] === tags.sequence) return bytes;
  const blocks = [
    ...bytes
      .toString('latin1')
      .matchAll(
        /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END (?:NEW )?CERTIFICATE REQUEST-----/g,
      ),
  ];
  if (blocks.length !== 1) {
    throw DomainError.of('requests-miscounted', { count: blocks.length });
  }
  return Buffer.from(blocks[0]?.[1] ?? '', 'base64');
}

function readPublicKey(spkiDer: Buffer): KeyObject {
  const publicKey = parsePublicKey(spkiDer);
  refuseHugeKey(publicKey);
  const problem = keyProblem(spkiDer, publicKey);
  if (problem !== null) throw refused(circumstance('own-key-not-taken', { key: problem }));
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent;
  if (exponent !== undefined && exponent < minRsaExponent) {
    throw refused(circumstance('rsa-exponent-too-small'));
  }
  return publicKey;
}

/** Call it before anything asks for the key's numbers: that takes seconds when an exponent fills the request. */
function refuseHugeKey(key: KeyObject): void {
  try {
    refuseOversizedKey(key);
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw refused(cause.what);
  }
}

function parsePublicKey(spkiDer: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spkiDer, type: 'spki', format: 'der' });
  } catch (cause) {
    throw DomainError.of('request-key-unreadable', {}, { cause });
  }
}

function isSigned(hash: string | null, signed: Buffer, key: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}

function readCommonName(subject: Element): string | null {
  const names = commonNames(readName(subject));
  if (names.length > 1) throw refused(circumstance('request-names-several'));
  const [name] = names;
  if (name === null) throw refused(circumstance('request-name-not-text'));
  return name ?? null;
}

function refused(why: Circumstance): DomainError {
  return DomainError.of('request-refused', { why });
}

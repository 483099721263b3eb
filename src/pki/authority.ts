import { join } from 'node:path';
import { DomainError } from '../core/errors';
import { keyProblem } from './accepted-keys';
import { type CertificateFields, isAuthority } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { type KeyPair, readPrivateKey } from './private-key';

/** A CA that can sign. */
export interface Authority {
  readonly certificate: CertificateFields;
  readonly keys: KeyPair;
  /** Every CA of `ca.crt`. */
  readonly all: readonly CertificateFields[];
}

/**
 * The CA of the folder: of several in `ca.crt`, the one whose key is `ca.key`.
 * @throws DomainError `configuration` with the remedy when one of the files is missing, the files do not belong together, or the key
 * is of a kind that this server does not issue with
 */
export async function loadAuthority(folder: string): Promise<Authority> {
  const certificatePath = join(folder, 'ca.crt');
  const keyPath = join(folder, 'ca.key');
  const certificates = await loadAuthorities(folder);
  const keyPem = await readIfExists(keyPath);
  if (keyPem === undefined) {
    throw DomainError.of('ca-key-missing', { file: keyPath });
  }
  const keys = readPrivateKey(keyPem, keyPath, 'configuration');
  const certificate = certificates.find((candidate) => candidate.x509.checkPrivateKey(keys.privateKey));
  if (certificate === undefined) {
    throw DomainError.of('key-not-of-certificate', { key: keyPath, certificate: certificatePath });
  }
  const problem = keyProblem(certificate.spkiDer, keys.publicKey);
  // A short RSA key may have been in use for a long time; the proof of what it signs reports it.
  if (problem !== null && keys.publicKey.asymmetricKeyType !== 'rsa') {
    throw DomainError.of('ca-key-not-taken', { file: certificatePath, key: problem });
  }
  return { certificate, keys, all: certificates };
}

/**
 * The certificates of `ca.crt`: what the server trusts.
 * @throws DomainError `configuration` when it is missing, unreadable, or contains anything but CAs
 */
export async function loadAuthorities(folder: string): Promise<CertificateFields[]> {
  const path = join(folder, 'ca.crt');
  const pem = await readIfExists(path);
  if (pem === undefined) {
    throw DomainError.of('ca-missing', { file: path });
  }
  const certificates = readCertificates(pem, path, 'configuration');
  if (!certificates.every(isAuthority)) {
    throw DomainError.of('ca-file-of-others', { file: path });
  }
  return certificates;
}

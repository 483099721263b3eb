import { join } from 'node:path';
import { DomainError } from '../core/errors';
import { acceptedKeys, keyProblem } from './accepted-keys';
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
 * @throws DomainError `configuration` with the remedy when one of the files is missing, they don't belong together, or the key is of a
 * kind that nothing is issued with
 */
export async function loadAuthority(folder: string): Promise<Authority> {
  const certificatePath = join(folder, 'ca.crt');
  const keyPath = join(folder, 'ca.key');
  const certificates = await loadAuthorities(folder);
  const keyPem = await readIfExists(keyPath);
  if (keyPem === undefined) {
    throw new DomainError('configuration', `${keyPath} is missing, so no certificates can be issued here`, {
      remedy: 'Issue on the machine that has the CA key, or bring the key here while you need it.',
    });
  }
  const keys = readPrivateKey(keyPem, keyPath, 'configuration');
  const certificate = certificates.find((candidate) => candidate.x509.checkPrivateKey(keys.privateKey));
  if (certificate === undefined) {
    throw new DomainError('configuration', `${keyPath} is not the key of ${certificatePath}`, {
      remedy: 'Restore the matching pair of files.',
    });
  }
  const problem = keyProblem(certificate.spkiDer, keys.publicKey);
  // The proof of what it signs reports a short RSA key, which may be in use for long.
  if (problem !== null && keys.publicKey.asymmetricKeyType !== 'rsa') {
    throw new DomainError(
      'configuration',
      `the CA in ${certificatePath} has ${problem}, so not every device could verify what it signs`,
      {
        remedy: `Use a CA with ${acceptedKeys}, or remove its key and issue elsewhere.`,
      },
    );
  }
  return { certificate, keys, all: certificates };
}

/**
 * The certificates of `ca.crt`: what the server trusts.
 * @throws DomainError `configuration` when it is missing, unreadable, or holds something else than CAs
 */
export async function loadAuthorities(folder: string): Promise<CertificateFields[]> {
  const path = join(folder, 'ca.crt');
  const pem = await readIfExists(path);
  if (pem === undefined) {
    throw new DomainError('configuration', `${path} is missing`, {
      remedy: 'Restore it from a backup, create a CA with: cert ca, or import one with: cert ca --import.',
    });
  }
  const certificates = readCertificates(pem, path, 'configuration');
  if (!certificates.every(isAuthority)) {
    throw new DomainError('configuration', `${path} contains a certificate that is not a CA`, {
      remedy: 'Keep only CA certificates in it: any other certificate in it would itself be trusted.',
    });
  }
  return certificates;
}

import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { IssuedFiles } from '../core/certificate';
import { DomainError } from '../core/errors';
import type { Finding } from '../core/inspection';
import { type CertificateFields, isAuthority } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { closeFreshFolder, ensureFolder } from './durable-file';
import { writeFilePair } from './file-pair';
import type { FolderContext } from './folder-context';
import { withFolderLock } from './folder-lock';
import { warnOfOrphans } from './issue-ca';
import { exportPrivateKey, readPrivateKey } from './private-key';
import { summarizeFields } from './summarize-certificate';

export interface ImportRequest {
  /** The CA that signs first, then the CAs above it up to the root. */
  readonly certificatePem: string;
  readonly keyPem?: string;
  readonly force?: boolean;
}

/**
 * Takes over a CA that exists. Without its key the server runs, and nothing can be issued here.
 * @throws DomainError `invalid-input` for what is no usable CA, `conflict` when there is one and it is not forced
 */
export async function importCa({ dir, now }: FolderContext, request: ImportRequest): Promise<IssuedFiles> {
  const at = now();
  const chain = readCertificates(request.certificatePem, 'the CA file', 'invalid-input');
  const warnings = checkChain(chain, at);
  const [signer] = chain;
  if (signer === undefined) throw new Error('a chain of no certificates was read');
  const keyPem = request.keyPem === undefined ? null : checkKey(request.keyPem, signer.x509);
  await ensureFolder(dir);
  await closeFreshFolder(dir);
  return await withFolderLock(dir, async () => {
    const orphans = await warnOfOrphans(dir);
    const files = await writeFilePair(
      {
        folder: dir,
        name: 'ca',
        certificatePem: chain.map(({ x509 }) => x509.toString()).join(''),
        keyPem,
        force: request.force === true,
      },
      at,
      () => Promise.resolve(),
    );
    return { certificate: summarizeFields(signer), ...files, warnings: [...warnings, ...orphans] };
  });
}

function checkChain(chain: readonly CertificateFields[], at: Date): Finding[] {
  for (const certificate of chain) {
    const { commonName, notAfter } = summarizeFields(certificate);
    if (!isAuthority(certificate)) {
      throw new DomainError('invalid-input', `the certificate of ${commonName} is not a CA certificate`, {
        remedy: 'Give a certificate with basicConstraints CA:TRUE.',
      });
    }
    if (at >= notAfter) {
      throw new DomainError('invalid-input', `the CA ${commonName} expired on ${notAfter.toISOString()}`, {
        remedy: 'Renew it before it is imported.',
      });
    }
  }
  // OpenSSL ends a chain at a self-signed certificate: without one no device could connect.
  const root = chain.find(({ selfIssued, x509 }) => selfIssued && x509.verify(x509.publicKey));
  if (root === undefined) {
    throw new DomainError('invalid-input', 'the CA file does not reach up to a root', {
      remedy: `Append the CAs above it: cat intermediate.crt root.crt > ${join('somewhere', 'ca.crt')}`,
    });
  }
  if (chain.length === 1) return [];
  return [
    {
      code: 'trusts-whole-chain',
      message: 'devices of every CA in this file are let in, not only those of the first',
    },
  ];
}

function checkKey(pem: string, certificate: X509Certificate): string {
  const { privateKey } = readPrivateKey(pem, 'the CA key', 'invalid-input');
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new DomainError('invalid-input', 'the key is not the key of the first certificate in the CA file', {
      remedy: 'Give the two files that belong together, the CA that signs first.',
    });
  }
  return exportPrivateKey(privateKey);
}

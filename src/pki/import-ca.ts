import type { CertificateWarning, IssuedFiles } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { ImportCaRequest } from '../ports/certificates';
import { keyProblem } from './accepted-keys';
import { loadAuthorities } from './authority';
import { type CertificateFields, isAuthority } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { closeFreshFolder, ensureFolder } from './durable-file';
import { writeFilePair } from './file-pair';
import type { CertificatePlace, FolderContext } from './folder-context';
import { withFolderLock } from './folder-lock';
import { recordIssued } from './issuance';
import { warnOfOrphans } from './issue-ca';
import { fingerprintOf } from './judge-device';
import { exportPrivateKey, type KeyPair, readPrivateKey } from './private-key';
import { proveImport } from './prove-authority';
import { strictFindings } from './strict-rules';
import { summarizeFields } from './summarize-certificate';
import { makeTokenKey } from './token-key';

/**
 * Imports an existing CA, which may be an intermediate alone. Without its key the server runs but cannot issue certificates.
 * Nothing is written until a throw-away device has connected under it.
 * @throws DomainError `invalid-input` for an unusable CA, `conflict` when there is already one and it is not forced
 */
export async function importCa(context: FolderContext, request: ImportCaRequest): Promise<IssuedFiles> {
  const { dir, now, shared } = context;
  const at = now();
  const chain = readCertificates(request.certificatePem, circumstance('ca-file'), 'invalid-input');
  const [signer] = chain;
  if (signer === undefined) throw new Error('a chain of no certificates was read');
  checkChain(chain, at);
  const keys = request.keyPem === undefined ? null : checkKey(request.keyPem, signer, request.keyFile);
  const warnings = [
    ...(await asInput(() => proveImport(chain, signer, keys))),
    ...strictFindings(chain),
    ...warnOfReach(chain),
  ];
  await ensureFolder(dir);
  await closeFreshFolder(dir);
  const imported = await withFolderLock(dir, async () => {
    const orphans = await warnOfOrphans(dir);
    const files = await writeFilePair(
      {
        folder: dir,
        name: 'ca',
        certificatePem: chain.map(({ x509 }) => x509.toString()).join(''),
        keyPem: keys === null ? null : exportPrivateKey(keys.privateKey),
        force: request.force === true,
      },
      at,
      () => recordImport(context, chain, at),
    );
    return { certificate: summarizeFields(signer), ...files, warnings: [...warnings, ...orphans] };
  });
  if (shared !== undefined) await makeTokenKey(dir); // servers make none
  return imported;
}

/** Runs checks whose failure always means that the input is at fault. */
async function asInput<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'invalid-input') throw error;
    throw error.ofKind('invalid-input');
  }
}

/** A CA that an earlier server left here keeps its status: its devices keep their certificates. */
async function recordImport(
  place: CertificatePlace,
  chain: readonly CertificateFields[],
  at: Date,
): Promise<void> {
  const current = await loadAuthorities(place.dir).catch(() => []);
  const known = new Set(current.map(fingerprintOf));
  for (const ca of chain) {
    if (known.has(fingerprintOf(ca))) continue;
    const certificatePem = ca.x509.toString();
    await recordIssued(place, {
      role: 'ca',
      certificate: summarizeFields(ca),
      certificatePem,
      at,
      origin: 'imported',
    });
  }
}

function checkChain(chain: readonly CertificateFields[], at: Date): void {
  for (const certificate of chain) {
    const { commonName, notBefore, notAfter } = summarizeFields(certificate);
    if (!isAuthority(certificate)) {
      throw DomainError.of('import-not-a-ca', { commonName });
    }
    if (at >= notAfter) {
      throw DomainError.of('import-expired', { commonName, at: notAfter.toISOString() });
    }
    if (at < notBefore) {
      throw DomainError.of('import-not-yet-valid', { commonName, at: notBefore.toISOString() });
    }
  }
}

function warnOfReach(chain: readonly CertificateFields[]): CertificateWarning[] {
  if (chain.length > 1) {
    return [{ code: 'trusts-whole-chain', message: circumstance('whole-chain-trusted') }];
  }
  const [only] = chain;
  if (only === undefined || only.pathLength === 0 || only.version < 3) return [];
  return [{ code: 'trusts-cas-below', message: circumstance('cas-below-trusted') }];
}

/** @throws DomainError `invalid-input` */
function checkKey(pem: string, { x509, spkiDer }: CertificateFields, file: string | null = null): KeyPair {
  const keys = readPrivateKey(pem, circumstance('ca-key'), 'invalid-input', file);
  if (!x509.checkPrivateKey(keys.privateKey)) {
    throw DomainError.of('import-key-of-another');
  }
  const problem = keyProblem(spkiDer, keys.publicKey);
  if (problem !== null) {
    throw DomainError.of('import-key-not-taken', { key: problem });
  }
  return keys;
}

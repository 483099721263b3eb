import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { isDeviceId } from '../core/device';
import { DomainError, systemErrorCode } from '../core/errors';
import { loadAuthorities, loadAuthority } from './authority';
import type { CertificateFields } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { deviceIdentity } from './device-identity';
import { exists } from './file-pair';
import type { FolderContext } from './folder-context';
import { readIssued } from './issuance-log';
import { findOpenKey } from './key-modes';
import { readPrivateKey } from './private-key';
import { readRevocations } from './revocation-list';
import { loadServerTls } from './server-tls';

const soonMs = 30 * 86_400_000;
const ownFiles =
  /^(ca\.(crt|key|srl)|server\.(crt|key)|issued\.jsonl|revoked\.json|devices|README\.md|\..*|.*\.old)$/;
const deviceFile = /^(.+)\.(crt|key)$/;

/** Checks the whole folder: chains, expiry, keys, modes, lists and files that don't belong there. An empty list is good. */
export async function verifyFolder({ dir, now }: FolderContext): Promise<FolderFinding[]> {
  if (!(await exists(dir))) return [error(dir, 'it is missing', 'Make it with: cert ca.')];
  const findings: FolderFinding[] = [];
  const check = async (path: string, work: () => Promise<FolderFinding[]>): Promise<void> => {
    findings.push(...(await collect(path, work)));
  };
  const at = now();
  const authorities = await loadAuthorities(dir).catch(() => []);
  await check(join(dir, 'ca.crt'), () => verifyCa(dir, at));
  await check(join(dir, 'server.crt'), () => verifyServer(dir, at, authorities));
  await check(join(dir, 'revoked.json'), async () => readRevocations(dir).then(() => []));
  await check(join(dir, 'issued.jsonl'), () => verifyLog(dir));
  await check(join(dir, 'devices'), () => verifyDevices(join(dir, 'devices'), at, authorities));
  await check(dir, () => verifyFiles(dir));
  return findings;
}

async function verifyCa(dir: string, at: Date): Promise<FolderFinding[]> {
  const path = join(dir, 'ca.crt');
  const findings = (await loadAuthorities(dir)).flatMap((ca) => expiry(path, ca, at, 'error'));
  if (await exists(join(dir, 'ca.key'))) await loadAuthority(dir);
  return findings;
}

async function verifyServer(
  dir: string,
  at: Date,
  authorities: readonly CertificateFields[],
): Promise<FolderFinding[]> {
  const path = join(dir, 'server.crt');
  if (!(await exists(path)) && !(await exists(join(dir, 'server.key')))) {
    // As on a machine that only issues.
    return [
      warning(path, 'there is none', 'The server makes one when it starts; or make it with: cert server.'),
    ];
  }
  const { cert, names } = await loadServerTls(dir, { now: () => at });
  const [leaf] = readCertificates(cert, path, 'configuration');
  if (leaf === undefined) return [];
  const findings = expiry(path, leaf, at, 'error');
  const remedy = 'Make it again with: cert server --force.';
  if (names.length === 0)
    findings.push(error(path, 'it names no host, so that every client refuses it', remedy));
  // A public CA's certificate is fine, when devices are told to trust that CA.
  if (!isSignedByOne(leaf, authorities))
    findings.push(warning(path, 'it is not signed by the CA in ca.crt', remedy));
  return findings;
}

async function verifyDevices(
  folder: string,
  at: Date,
  authorities: readonly CertificateFields[],
): Promise<FolderFinding[]> {
  if (!(await exists(folder))) return [];
  const findings: FolderFinding[] = [];
  const names = (await readdir(folder))
    .filter((name) => !name.startsWith('.') && !name.endsWith('.old'))
    .sort();
  for (const name of names) {
    const path = join(folder, name);
    const [, id = '', kind] = deviceFile.exec(name) ?? [];
    if (!isDeviceId(id)) findings.push(stray(path));
    else if (kind === 'crt')
      findings.push(...(await collect(path, () => verifyDevice(path, id, at, authorities))));
    else if (!names.includes(`${id}.crt`)) {
      findings.push(
        warning(path, 'it is a key without a certificate', `Make one with: cert device ${id} --force.`),
      );
    }
  }
  return [...findings, ...(await verifyModes(folder, names))];
}

async function verifyDevice(
  path: string,
  id: string,
  at: Date,
  authorities: readonly CertificateFields[],
): Promise<FolderFinding[]> {
  const [leaf] = readCertificates(await readFile(path, 'utf8'), path, 'configuration');
  if (leaf === undefined) return [];
  const remedy = `Make it again with: cert device ${id} --force.`;
  const findings = expiry(path, leaf, at, 'warning');
  const identity = deviceIdentity(leaf.x509);
  if (!identity.ok) findings.push(error(path, `it is no device certificate: ${identity.reason}`, remedy));
  else if (identity.identity.id !== id) {
    findings.push(warning(path, `it is for the device ${identity.identity.id}`, 'Rename the file.'));
  }
  if (!isSignedByOne(leaf, authorities))
    findings.push(error(path, 'it is not signed by the CA in ca.crt', remedy));
  const keyPath = path.replace(/\.crt$/, '.key');
  if (await exists(keyPath)) {
    const { privateKey } = readPrivateKey(await readFile(keyPath), keyPath, 'configuration');
    if (!leaf.x509.checkPrivateKey(privateKey)) {
      findings.push(error(keyPath, 'it is not the key of the certificate beside it', remedy));
    }
  }
  return findings;
}

async function verifyLog(dir: string): Promise<FolderFinding[]> {
  const { damagedLines } = await readIssued(dir);
  if (damagedLines === 0) return [];
  const remedy = 'Revoke by serial what it may have named, then remove the damaged lines.';
  return [warning(join(dir, 'issued.jsonl'), `it has ${damagedLines} damaged lines`, remedy)];
}

async function verifyFiles(dir: string): Promise<FolderFinding[]> {
  const names = (await readdir(dir)).sort();
  const strays = names.filter((name) => !ownFiles.test(name)).map((name) => stray(join(dir, name)));
  return [...strays, ...(await verifyModes(dir, names))];
}

/** Keys are for their owner alone, and so is the folder that they are in. */
async function verifyModes(folder: string, names: readonly string[]): Promise<FolderFinding[]> {
  const findings: FolderFinding[] = [];
  for (const name of names.filter((candidate) => /\.key(\..*\.old)?$/.test(candidate))) {
    const finding = await findOpenKey(join(folder, name));
    if (finding !== undefined) findings.push(finding);
  }
  const { mode } = await stat(folder);
  const remedy = `chmod 700 ${folder}`;
  if ((mode & 0o022) !== 0)
    findings.push(error(folder, 'others than its owner may write to this folder', remedy));
  else if ((mode & 0o077) !== 0)
    findings.push(warning(folder, 'others than its owner may look into this folder', remedy));
  return findings;
}

function expiry(
  path: string,
  { notBefore, notAfter }: CertificateFields,
  at: Date,
  severity: FolderFinding['severity'],
): FolderFinding[] {
  const remedy = 'Make a new one in time, with --force, and bring it to where it is used.';
  const until = notAfter.toISOString();
  if (notBefore > at) {
    const message = `it is not valid before ${notBefore.toISOString()}`;
    return [{ severity, path, message, remedy: 'Check the clock of this machine.' }];
  }
  if (notAfter <= at) return [{ severity, path, message: `it expired on ${until}`, remedy }];
  return notAfter.getTime() - at.getTime() < soonMs ? [warning(path, `it expires on ${until}`, remedy)] : [];
}

function isSignedByOne(leaf: CertificateFields, authorities: readonly CertificateFields[]): boolean {
  return authorities.some(
    (ca) => ca.subjectDer.equals(leaf.issuerDer) && leaf.x509.verify(ca.x509.publicKey),
  );
}

/** What a check can't get past is a finding too. */
async function collect(path: string, work: () => Promise<FolderFinding[]>): Promise<FolderFinding[]> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DomainError)
      return [error(path, cause.message, cause.remedy ?? 'Restore it from a backup.')];
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    return [error(path, `it cannot be read (${code})`, 'Check its owner and mode.')];
  }
}

const error = (path: string, message: string, remedy: string): FolderFinding => ({
  severity: 'error',
  path,
  message,
  remedy,
});

const warning = (path: string, message: string, remedy: string): FolderFinding => ({
  severity: 'warning',
  path,
  message,
  remedy,
});

const stray = (path: string): FolderFinding =>
  warning(
    path,
    'this file does not belong here',
    'Move it away: this folder is for what the server made or uses.',
  );

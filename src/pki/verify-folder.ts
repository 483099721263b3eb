import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { displayName } from '../x509/name';
import { loadAuthorities, loadAuthority } from './authority';
import { type CertificateFields, isIssuedBy } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { exists } from './file-pair';
import type { FolderContext } from './folder-context';
import { acceptedFrom, collect, error, expiry, proved, stray, warning } from './folder-finding';
import { issuanceLogName, readIssued } from './issuance-log';
import { type KeyPair, readPrivateKey } from './private-key';
import { proveAuthority } from './prove-authority';
import { proveCertificate } from './prove-certificates';
import { readRevocations } from './revocation-list';
import { loadServerTls } from './server-tls';
import { strictFindings } from './strict-rules';
import { findTakenOver } from './taken-over';
import { isBeforeIssue } from './validity';
import { verifyDevices } from './verify-devices';
import { verifyModes } from './verify-modes';

const ownFiles =
  /^(ca\.(crt|key|srl)|server\.(crt|key)|issued\.jsonl|revoked\.json|device-tokens\.key|devices|README\.md|\..*|.*\.old)$/;

/**
 * Checks the whole folder: chains, expiry, keys, modes, lists and stray files. It tries certificates in real handshakes, as an
 * import does. An empty list means all is well; notes are harmless.
 */
export async function verifyFolder({ dir, now, shared }: FolderContext): Promise<FolderFinding[]> {
  if (!(await exists(dir))) return [error(dir, circumstance('path-missing'), circumstance('create-ca'))];
  const findings: FolderFinding[] = [];
  const check = async (path: string, work: () => Promise<FolderFinding[]>): Promise<void> => {
    findings.push(...(await collect(path, work)));
  };
  const at = now();
  const authorities = await loadAuthorities(dir).catch(() => []);
  await check(join(dir, 'ca.crt'), () => verifyCa(dir, at));
  await check(join(dir, 'server.crt'), () => verifyServer(dir, at, authorities));
  await check(join(dir, 'revoked.json'), async () => readRevocations(dir).then(() => []));
  await check(join(dir, 'issued.jsonl'), () => verifyLog(dir, at));
  const takenOver = await findTakenOver({ dir, shared }, authorities).catch(() => []);
  await check(join(dir, 'devices'), () =>
    verifyDevices(join(dir, 'devices'), { at, authorities, takenOver, provedKinds: new Set() }),
  );
  await check(dir, () => verifyFiles(dir));
  return findings;
}

async function verifyCa(dir: string, at: Date): Promise<FolderFinding[]> {
  const path = join(dir, 'ca.crt');
  const authorities = await loadAuthorities(dir);
  const findings = authorities.flatMap((ca) => [
    ...expiry(path, ca, at, 'error'),
    ...acceptedFrom(path, [ca], circumstance('set-board-clock')),
  ]);
  const signer = (await exists(join(dir, 'ca.key'))) ? await loadAuthority(dir) : undefined;
  for (const ca of authorities) {
    const isSigner = signer?.certificate.x509.raw.equals(ca.x509.raw) === true;
    const keys = isSigner ? signer.keys : null;
    findings.push(...(await collect(path, () => proveCa(path, authorities, ca, keys))));
  }
  const strict = strictFindings(authorities).map(({ message }) =>
    warning(path, message, circumstance('use-strict-ca')),
  );
  return [...findings, ...strict];
}

/** Tries what each CA would issue, whether or not its key is here. */
async function proveCa(
  path: string,
  authorities: readonly CertificateFields[],
  authority: CertificateFields,
  keys: KeyPair | null,
): Promise<FolderFinding[]> {
  const ca = displayName(authority.subject);
  const { device, server } = await proveAuthority(authorities, authority, keys);
  // One of several CAs may be there only for the server's certificate.
  const severity = keys === null && authorities.length > 1 ? 'warning' : 'error';
  return [
    ...proved(path, circumstance('certificate-of-ca', { role: 'device', ca }), device, severity),
    ...proved(path, circumstance('certificate-of-ca', { role: 'server', ca }), server, 'warning'),
  ];
}

async function verifyServer(
  dir: string,
  at: Date,
  authorities: readonly CertificateFields[],
): Promise<FolderFinding[]> {
  const path = join(dir, 'server.crt');
  if (!(await exists(path)) && !(await exists(join(dir, 'server.key')))) {
    // Normal on a machine that only issues.
    return [warning(path, circumstance('path-missing'), circumstance('create-server-certificate'))];
  }
  const { cert, key, names } = await loadServerTls(dir, { now: () => at });
  const chain = readCertificates(cert, path, 'configuration');
  const [leaf] = chain;
  if (leaf === undefined) return [];
  const remedy = circumstance('create-server-certificate-again');
  const issuer = authorities.find((ca) => isIssuedBy(leaf, ca));
  const couldBeginEarlier = issuer !== undefined && issuer.notBefore < leaf.notBefore;
  const findings = [
    ...expiry(path, leaf, at, 'error'),
    ...acceptedFrom(path, chain, circumstance(couldBeginEarlier ? 'begin-with-ca' : 'set-board-clock')),
  ];
  if (names.length === 0) findings.push(error(path, circumstance('certificate-without-host'), remedy));
  // A public CA's certificate is fine if devices are told to trust that CA.
  if (issuer === undefined)
    return [...findings, warning(path, circumstance('certificate-not-of-ca'), remedy)];
  const { privateKey } = readPrivateKey(key, path, 'configuration');
  const refusal = await proveCertificate({
    purpose: 'serverAuth',
    certificate: leaf.x509,
    privateKey,
    issuer,
    cas: authorities,
  });
  return [...findings, ...proved(path, circumstance('certificate-itself'), refusal, 'error')];
}

async function verifyLog(dir: string, at: Date): Promise<FolderFinding[]> {
  const path = join(dir, issuanceLogName);
  const { issued, damagedLines } = await readIssued(dir);
  const findings: FolderFinding[] = [];
  const last = issued.at(-1)?.issuedAt;
  if (last !== undefined && isBeforeIssue(at, last)) {
    const message = circumstance('log-ahead-of-clock', { at: last.toISOString() });
    findings.push(error(path, message, circumstance('set-clock-or-correct-log')));
  }
  if (damagedLines > 0) {
    const message = circumstance('log-damaged', { count: damagedLines });
    findings.push(warning(path, message, circumstance('revoke-then-remove-lines')));
  }
  return findings;
}

async function verifyFiles(dir: string): Promise<FolderFinding[]> {
  const names = (await readdir(dir)).sort();
  const strays = names.filter((name) => !ownFiles.test(name)).map((name) => stray(join(dir, name)));
  return [...strays, ...(await verifyModes(dir, names))];
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { counted } from '../base/text/counted';
import type { FolderFinding } from '../core/certificate';
import { setTheClockOrCorrect } from '../core/reasons/authority';
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

/** Its CA says so, and a new one would have to reach every device first. */
const setsItsClock = 'Ignore this if your boards have a clock; otherwise set it before they connect.';

/**
 * Checks the whole folder: chains, expiry, keys, modes, lists and stray files. It tries certificates in real handshakes, as an
 * import does. An empty list means all is well; notes are harmless.
 */
export async function verifyFolder({ dir, now }: FolderContext): Promise<FolderFinding[]> {
  if (!(await exists(dir))) return [error(dir, 'it is missing', 'Create it with: cert ca.')];
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
  const takenOver = await findTakenOver(dir, authorities).catch(() => []);
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
    ...acceptedFrom(path, [ca], setsItsClock),
  ]);
  const signer = (await exists(join(dir, 'ca.key'))) ? await loadAuthority(dir) : undefined;
  for (const ca of authorities) {
    const isSigner = signer?.certificate.x509.raw.equals(ca.x509.raw) === true;
    const keys = isSigner ? signer.keys : null;
    findings.push(...(await collect(path, () => proveCa(path, authorities, ca, keys))));
  }
  const strict = strictFindings(authorities).map(({ message }) =>
    warning(path, message, 'Use a CA made with: cert ca. Ignore this if no client is that strict.'),
  );
  return [...findings, ...strict];
}

/** What each CA issues is tried, be its key here or not. */
async function proveCa(
  path: string,
  authorities: readonly CertificateFields[],
  ca: CertificateFields,
  keys: KeyPair | null,
): Promise<FolderFinding[]> {
  const name = displayName(ca.subject);
  const { device, server } = await proveAuthority(authorities, ca, keys);
  // Of several CAs one may be there for the server's sake.
  const severity = keys === null && authorities.length > 1 ? 'warning' : 'error';
  return [
    ...proved(path, `a device certificate of ${name}`, device, severity),
    ...proved(path, `a server certificate of ${name}`, server, 'warning'),
  ];
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
      warning(
        path,
        'it is missing',
        'The server creates one when it starts. Or create it with: cert server.',
      ),
    ];
  }
  const { cert, key, names } = await loadServerTls(dir, { now: () => at });
  const chain = readCertificates(cert, path, 'configuration');
  const [leaf] = chain;
  if (leaf === undefined) return [];
  const remedy = 'Create it again with: cert server --force.';
  const issuer = authorities.find((ca) => isIssuedBy(leaf, ca));
  const couldBeginEarlier = issuer !== undefined && issuer.notBefore < leaf.notBefore;
  const findings = [
    ...expiry(path, leaf, at, 'error'),
    ...acceptedFrom(path, chain, couldBeginEarlier ? `${remedy} It then begins with its CA.` : setsItsClock),
  ];
  if (names.length === 0) findings.push(error(path, 'it names no host, so every client refuses it', remedy));
  // A public CA's certificate is fine if devices are told to trust that CA.
  if (issuer === undefined)
    return [...findings, warning(path, 'it is not signed by the CA in ca.crt', remedy)];
  const { privateKey } = readPrivateKey(key, path, 'configuration');
  const refusal = await proveCertificate({
    purpose: 'serverAuth',
    certificate: leaf.x509,
    privateKey,
    issuer,
    cas: authorities,
  });
  return [...findings, ...proved(path, 'it', refusal, 'error')];
}

async function verifyLog(dir: string, at: Date): Promise<FolderFinding[]> {
  const path = join(dir, issuanceLogName);
  const { issued, damagedLines } = await readIssued(dir);
  const findings: FolderFinding[] = [];
  const last = issued.at(-1)?.issuedAt;
  if (last !== undefined && isBeforeIssue(at, last)) {
    const message = `according to its last line, a certificate was issued on ${last.toISOString()}, which is later than this machine's clock`;
    findings.push(error(path, message, setTheClockOrCorrect));
  }
  if (damagedLines > 0) {
    const remedy = 'Revoke by serial any certificates it may have listed, then remove the damaged lines.';
    findings.push(warning(path, `it has ${counted(damagedLines, 'damaged line')}`, remedy));
  }
  return findings;
}

async function verifyFiles(dir: string): Promise<FolderFinding[]> {
  const names = (await readdir(dir)).sort();
  const strays = names.filter((name) => !ownFiles.test(name)).map((name) => stray(join(dir, name)));
  return [...strays, ...(await verifyModes(dir, names))];
}

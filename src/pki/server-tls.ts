import { join } from 'node:path';
import type { CertificateSummary } from '../core/certificate';
import { DomainError } from '../core/errors';
import { keyPurposes } from '../x509/extensions';
import { loadAuthorities } from './authority';
import type { CertificateFields } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { readIfExists } from './durable-file';
import { readPrivateKey } from './private-key';
import { summarizeFields } from './summarize-certificate';
import { findTakenOver } from './taken-over';
import type { Clock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';

/** What the device listener's TLS needs, checked. */
export interface ServerTls {
  /** PEM: the server's certificate, and the chain that is sent with it. */
  readonly cert: string;
  /** PEM. Never to be logged. */
  readonly key: string;
  /** PEM: the CAs whose devices are let in. */
  readonly ca: string;
  /** When the last of them expires. */
  readonly caNotAfter: Date;
  /** Fingerprints of those among them that an earlier server left here. */
  readonly takenOver: readonly string[];
  /** DNS names and addresses that the certificate covers. */
  readonly names: readonly string[];
  readonly summary: CertificateSummary;
}

export interface LoadOptions {
  readonly now?: Clock;
  /** Whether to load an expired certificate or CA: a server that cannot serve devices still tells people why. */
  readonly allowsExpired?: boolean;
  /** What is known of certificates besides what is in the folder. */
  readonly shared?: SharedCertificates | undefined;
}

/**
 * Reads and checks what the device listener needs. It neither needs nor reads `ca.key`.
 * @throws DomainError `configuration` naming the file and the remedy
 */
export async function loadServerTls(
  dir: string,
  { now = () => new Date(), allowsExpired = false, shared }: LoadOptions = {},
): Promise<ServerTls> {
  const certPath = join(dir, 'server.crt');
  const keyPath = join(dir, 'server.key');
  const cert = await readRequired(certPath);
  const key = await readRequired(keyPath);
  const [leaf] = readCertificates(cert, certPath, 'configuration');
  if (leaf === undefined) throw new Error('a file of no certificates was read');
  const { privateKey } = readPrivateKey(key, keyPath, 'configuration');
  if (!leaf.x509.checkPrivateKey(privateKey)) {
    throw DomainError.of('server-key-of-another', { key: keyPath, certificate: certPath });
  }
  checkServerCertificate(leaf, certPath);
  if (!allowsExpired) checkExpiry(leaf, certPath, now());
  const authorities = await loadAuthorities(dir);
  if (!allowsExpired && authorities.every(({ notAfter }) => notAfter <= now())) {
    throw DomainError.of('ca-of-server-expired', { file: join(dir, 'ca.crt') });
  }
  return {
    cert,
    key,
    ca: authorities.map(({ x509 }) => x509.toString()).join(''),
    caNotAfter: new Date(Math.max(...authorities.map(({ notAfter }) => notAfter.getTime()))),
    takenOver: await findTakenOver({ dir, shared }, authorities),
    names: leaf.alternativeNames.filter(({ kind }) => kind !== 'uri').map(({ value }) => value),
    summary: summarizeFields(leaf),
  };
}

function checkExpiry({ notAfter }: CertificateFields, path: string, now: Date): void {
  if (notAfter > now) return;
  throw DomainError.of('server-certificate-expired', { file: path, at: notAfter.toISOString() });
}

function checkServerCertificate(leaf: CertificateFields, path: string): void {
  if (leaf.ca === true || leaf.extendedKeyUsage?.includes(keyPurposes.serverAuth) === false) {
    throw DomainError.of('not-a-server-certificate', { file: path });
  }
}

async function readRequired(path: string): Promise<string> {
  const content = await readIfExists(path);
  if (content === undefined) {
    throw DomainError.of('server-file-missing', { file: path });
  }
  return content;
}

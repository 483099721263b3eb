import { rootCertificates } from 'node:tls';
import { FolderInventory, hasCaKey } from './certificate-inventory';
import { importCa } from './import-ca';
import { issueCa } from './issue-ca';
import { issueDevice } from './issue-device';
import { issueServer } from './issue-server';
import { listCertificates, showCertificates } from './list-certificates';
import { readCa } from './read-ca';
import { readDevice } from './read-device';
import { renewServer } from './renew-server';
import { readRevocations } from './revocation-list';
import type { CertificateFolder } from '../ports/certificates';
import { revokeCertificates } from './revoke-certificates';
import { findServerTrust } from './server-trust';
import { systemContext } from './system-context';
import { verifyFolder } from './verify-folder';
import type { Clock } from '../ports/clock';

export interface CertificateFolderOptions {
  readonly now: Clock;
  /** PEM: the CAs that clients trust by themselves. Mozilla's, as they came with Node, when left out. */
  readonly publicRoots?: readonly string[];
}

/**
 * The certificates of this server, as people manage them. Each method is documented at the function behind it.
 * @param dir the `certs/` folder; it may not exist yet
 */
export function openCertificateFolder(
  dir: string,
  { now, publicRoots = rootCertificates }: CertificateFolderOptions,
): CertificateFolder {
  const context = systemContext(dir, now);
  const inventory = new FolderInventory(dir);
  return {
    createCa: (request) => issueCa(context, request),
    importCa: (request) => importCa(context, request),
    createServer: (request) => issueServer(context, request),
    renewServer: () => renewServer(context),
    createDevice: (request) => issueDevice(context, request),
    readDevice: (id) => readDevice(dir, id),
    readCa: () => readCa(dir),
    findServerTrust: (host) => findServerTrust(dir, host, publicRoots),
    list: () => listCertificates(dir),
    show: (which) => showCertificates(dir, which),
    verify: () => verifyFolder(context),
    hasCaKey: () => hasCaKey(dir),
    inventory: () => inventory.take(),
    revocations: () => readRevocations(dir),
    revoke: (request) => revokeCertificates(context, request),
  };
}

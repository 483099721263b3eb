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
import { allRevocations } from './revocation-list';
import type { CertificateFolder } from '../ports/certificates';
import { revokeCertificates } from './revoke-certificates';
import { findServerTrust } from './server-trust';
import { systemContext } from './system-context';
import { verifyFolder } from './verify-folder';
import type { Clock } from '../ports/clock';
import type { SharedCertificates } from '../ports/issuance';

export interface CertificateFolderOptions {
  readonly now: Clock;
  /** PEM: the CAs that clients trust by themselves; default: Mozilla's, as Node includes them. */
  readonly publicRoots?: readonly string[];
  /** What several servers share; default: the folder has its own revocations and log. */
  readonly shared?: SharedCertificates | undefined;
  /** Whether the folder is the same for several servers, so that nothing changes it; default: no. */
  readonly isReadOnly?: boolean;
}

/**
 * The certificates of this server, as people manage them. Each method is documented at the function behind it.
 * @param dir the `certs/` folder; it may not exist yet
 */
export function openCertificateFolder(
  dir: string,
  { now, publicRoots = rootCertificates, shared, isReadOnly = false }: CertificateFolderOptions,
): CertificateFolder {
  const context = systemContext({ dir, now, shared, isReadOnly });
  const inventory = new FolderInventory(context);
  return {
    createCa: (request) => issueCa(context, request),
    importCa: (request) => importCa(context, request),
    createServer: (request) => issueServer(context, request),
    renewServer: () => renewServer(context),
    createDevice: (request) => issueDevice(context, request),
    readDevice: (id) => readDevice(context, id),
    readCa: () => readCa(dir),
    findServerTrust: (host) => findServerTrust(dir, host, publicRoots),
    list: () => listCertificates(context),
    show: (which) => showCertificates(context, which),
    verify: () => verifyFolder(context),
    hasCaKey: () => hasCaKey(dir),
    inventory: () => inventory.take(),
    revocations: () => allRevocations(context),
    revoke: (request) => revokeCertificates(context, request),
  };
}

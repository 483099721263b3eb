import type {
  CertificateInventory,
  DeviceFiles,
  FolderFinding,
  IssuedFiles,
  IssueOptions,
  ListedCertificate,
  RenewedServer,
  Revocation,
  ServerRequest,
} from '../core/certificate';
import { createTakeInventory, hasCaKey } from './certificate-inventory';
import { importCa, type ImportRequest } from './import-ca';
import { issueCa } from './issue-ca';
import { type DeviceRequest, issueDevice } from './issue-device';
import { issueServer } from './issue-server';
import { listCertificates, showCertificates } from './list-certificates';
import { readDevice } from './read-device';
import { renewServer } from './renew-server';
import { readRevocations } from './revocation-list';
import type { RevokeRequest } from '../ports/certificates';
import { revokeCertificates } from './revoke-certificates';
import { systemContext } from './system-context';
import { verifyFolder } from './verify-folder';

/** The certificates of this server, as people manage them: each method is told about beside the function that does it. */
export interface OpenCertificateFolder {
  createCa(request: IssueOptions & { readonly commonName?: string }): Promise<IssuedFiles>;
  importCa(request: ImportRequest): Promise<IssuedFiles>;
  createServer(request: ServerRequest): Promise<IssuedFiles>;
  renewServer(): Promise<RenewedServer | null>;
  createDevice(request: DeviceRequest): Promise<IssuedFiles>;
  readDevice(id: string): Promise<DeviceFiles | null>;
  list(): Promise<readonly ListedCertificate[]>;
  show(which: string): Promise<readonly ListedCertificate[]>;
  verify(): Promise<readonly FolderFinding[]>;
  hasCaKey(): Promise<boolean>;
  inventory(): Promise<CertificateInventory>;
  revocations(): Promise<readonly Revocation[]>;
  revoke(request: RevokeRequest): Promise<readonly Revocation[]>;
}

/** @param dir the `certs/` folder; it need not exist yet */
export function openCertificateFolder(
  dir: string,
  { now }: { readonly now: () => Date },
): OpenCertificateFolder {
  const context = systemContext(dir, now);
  return {
    createCa: (request) => issueCa(context, request),
    importCa: (request) => importCa(context, request),
    createServer: (request) => issueServer(context, request),
    renewServer: () => renewServer(context),
    createDevice: (request) => issueDevice(context, request),
    readDevice: (id) => readDevice(dir, id),
    list: () => listCertificates(dir),
    show: (which) => showCertificates(dir, which),
    verify: () => verifyFolder(context),
    hasCaKey: () => hasCaKey(dir),
    inventory: createTakeInventory(dir),
    revocations: () => readRevocations(dir),
    revoke: (request) => revokeCertificates(context, request),
  };
}

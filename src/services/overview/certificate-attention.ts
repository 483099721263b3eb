import {
  type CertificateInventory,
  type CertificateSummary,
  daysLeft,
  type KnownCertificate,
} from '../../core/certificate';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import type { AttentionItem } from './attention-item';
import { counted, inDays, named } from './attention-words';
import { ofServerCertificate } from './server-certificate-attention';

export interface CertificateFacts {
  readonly at: Date;
  readonly inventory: CertificateInventory;
  /** The server's own certificate, where a server runs that looks after it. */
  readonly serverCertificate?: ServerCertificateStatus | undefined;
  /** Devices that came with a certificate that states no purpose. */
  readonly oldCertificates: readonly string[];
}

/** Enough to renew by hand. A certificate that expired longer ago belongs to a device that is no longer used. */
const expiryNoticeDays = 30;
/** Devices that a sentence names. */
const maxNamed = 5;

/** What needs attention about the certificates of the CA, the server and devices. */
export function ofCertificates(facts: CertificateFacts): readonly AttentionItem[] {
  const { at, inventory, serverCertificate } = facts;
  return [
    ofExpiry('ca-certificate-expiring', 'CA', inventory.ca, at),
    ...(serverCertificate === undefined
      ? [ofExpiry('server-certificate-expiring', 'server', inventory.server, at)]
      : ofServerCertificate(serverCertificate, at)),
    ofDeviceExpiry(facts),
    ofOldCertificates(facts),
  ];
}

function ofExpiry(
  kind: AttentionItem['kind'],
  name: string,
  certificate: CertificateSummary | null,
  at: Date,
): AttentionItem {
  const days = certificate === null ? expiryNoticeDays : daysLeft(certificate.notAfter, at);
  const when = days < 0 ? 'has expired' : `expires ${inDays(days)}`;
  const message = `the ${name} certificate ${when}: devices cannot connect then`;
  return { kind, count: days < expiryNoticeDays ? 1 : 0, message };
}

function ofDeviceExpiry({ at, inventory }: CertificateFacts): AttentionItem {
  const expiring = newestOfEach(inventory.devices).filter(
    ({ notAfter }) => Math.abs(daysLeft(notAfter, at)) < expiryNoticeDays,
  ).length;
  const message = `${counted(expiring, 'device')} with a certificate that expires within ${expiryNoticeDays} days, or has expired lately`;
  return { kind: 'certificate-expiring', count: expiring, message };
}

/** Those that came with one, and those whose newest one in the folder is one. */
function ofOldCertificates({ oldCertificates, inventory, at }: CertificateFacts): AttentionItem {
  const filed = newestOfEach(inventory.devices).filter(({ isOld, notAfter }) => isOld && notAfter > at);
  const ids = [...new Set([...oldCertificates, ...filed.map(({ deviceId }) => deviceId)])].sort();
  const [have, their] = ids.length === 1 ? ['has', 'its'] : ['have', 'their'];
  const message =
    `${counted(ids.length, 'device')} ${have} a certificate without a stated purpose, made by an earlier server: ` +
    `${named(ids.slice(0, maxNamed), ids.length)}. Make ${their} next one with: cert device <id> --force, or --csr for a key that stays on ` +
    'the device, and bring it there. When none is left, set OLD_CERTIFICATES=refuse.';
  return { kind: 'old-certificate', count: ids.length, message };
}

/** A device that has a new one does not miss the old. They come by device, the newest first. */
function newestOfEach(certificates: readonly KnownCertificate[]): readonly KnownCertificate[] {
  const valid = certificates.filter(({ revokedAt }) => revokedAt === null);
  return valid.filter(({ deviceId }, index) => valid[index - 1]?.deviceId !== deviceId);
}

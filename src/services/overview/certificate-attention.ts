import {
  type CertificateInventory,
  type CertificateSummary,
  daysLeft,
  type KnownCertificate,
} from '../../core/certificate';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';
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

/** What needs attention about the certificates of the CA, the server and devices. */
export function ofCertificates(facts: CertificateFacts): readonly AttentionItem[] {
  const { at, inventory, serverCertificate } = facts;
  return [
    ofExpiry('ca-certificate-expiring', inventory.ca, at),
    ...(serverCertificate === undefined
      ? [ofExpiry('server-certificate-expiring', inventory.server, at)]
      : ofServerCertificate(serverCertificate, at)),
    ofDeviceExpiry(facts),
    ofOldCertificates(facts),
  ];
}

function ofExpiry(
  kind: 'ca-certificate-expiring' | 'server-certificate-expiring',
  certificate: CertificateSummary | null,
  at: Date,
): AttentionItem {
  const days = certificate === null ? expiryNoticeDays : daysLeft(certificate.notAfter, at);
  return { kind, count: days < expiryNoticeDays ? 1 : 0, reason: attentionReason(kind, { days }) };
}

function ofDeviceExpiry({ at, inventory }: CertificateFacts): AttentionItem {
  const devices = newestOfEach(inventory.devices).filter(
    ({ notAfter }) => Math.abs(daysLeft(notAfter, at)) < expiryNoticeDays,
  ).length;
  const reason = attentionReason('certificate-expiring', { devices, noticeDays: expiryNoticeDays });
  return { kind: 'certificate-expiring', count: devices, reason };
}

/** Those that came with one, and those whose newest one in the folder is one. */
function ofOldCertificates({ oldCertificates, inventory, at }: CertificateFacts): AttentionItem {
  const filed = newestOfEach(inventory.devices).filter(({ isOld, notAfter }) => isOld && notAfter > at);
  const ids = [...new Set([...oldCertificates, ...filed.map(({ deviceId }) => deviceId)])].sort();
  const count = ids.length;
  return {
    kind: 'old-certificate',
    count,
    reason: attentionReason('old-certificate', { devices: count, ids: ids.slice(0, 20) }),
  };
}

/** A device that has a new one does not miss the old. They come by device, the newest first. */
function newestOfEach(certificates: readonly KnownCertificate[]): readonly KnownCertificate[] {
  const valid = certificates.filter(({ revokedAt }) => revokedAt === null);
  return valid.filter(({ deviceId }, index) => valid[index - 1]?.deviceId !== deviceId);
}

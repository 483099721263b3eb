import { maxNamedDevices } from '../../core/attention-kind';
import { type CertificateInventory, type CertificateSummary, daysLeft } from '../../core/certificate';
import {
  type DueFacts,
  expiringCertificates,
  expiryNoticeDays,
  oldCertificateDevices,
} from '../certificates/due-certificates';
import type { ServerCertificateStatus } from '../certificates/server-certificate';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { AttentionItem } from './attention-item';
import { ofServerCertificate } from './server-certificate-attention';

export interface CertificateFacts {
  readonly at: Date;
  readonly inventory: CertificateInventory;
  /** The server's own certificate, if a running server manages it. */
  readonly serverCertificate?: ServerCertificateStatus | undefined;
  /** Devices that used a certificate without a stated purpose. */
  readonly oldCertificates: readonly string[];
}

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

function dueFacts({ at, inventory, oldCertificates }: CertificateFacts): DueFacts {
  return { at, certificates: inventory.devices, oldCertificates };
}

function ofDeviceExpiry(facts: CertificateFacts): AttentionItem {
  const expiring = [...expiringCertificates(dueFacts(facts))].sort(
    (a, b) => a.notAfter.getTime() - b.notAfter.getTime(),
  );
  const ids = expiring.slice(0, maxNamedDevices).map(({ deviceId }) => deviceId);
  const count = expiring.length;
  const reason = attentionReason('certificate-expiring', {
    devices: count,
    ids,
    noticeDays: expiryNoticeDays,
  });
  return { kind: 'certificate-expiring', count, devices: ids, reason };
}

function ofOldCertificates(facts: CertificateFacts): AttentionItem {
  const { ids, renewed } = oldCertificateDevices(dueFacts(facts));
  const devices = ids.slice(0, maxNamedDevices);
  const reason = attentionReason('old-certificate', {
    devices: ids.length,
    ids: devices,
    renewed: renewed.length,
    renewedIds: renewed.slice(0, maxNamedDevices),
  });
  return {
    kind: 'old-certificate',
    count: ids.length,
    devices,
    renewed: renewed.filter((id) => devices.includes(id)),
    reason,
  };
}

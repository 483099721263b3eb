import {
  type CertificateDue,
  daysLeft,
  isInForce,
  type KnownCertificate,
  type Revocation,
} from '../../core/certificate';

/** Enough to renew by hand. A certificate that expired longer ago belongs to a device that is no longer used. */
export const expiryNoticeDays = 30;

/** What is known about devices' certificates. */
export interface DueFacts {
  readonly at: Date;
  /** By device, newest first. */
  readonly certificates: readonly KnownCertificate[];
  /** Devices that used a certificate without a stated purpose. */
  readonly oldCertificates: readonly string[];
}

/** The newest certificate of each device whose certificates expire soon or expired recently. */
export function expiringCertificates({ certificates, at }: DueFacts): readonly KnownCertificate[] {
  return newestOfEach(certificates).filter(
    ({ notAfter }) => Math.abs(daysLeft(notAfter, at)) < expiryNoticeDays,
  );
}

/** Devices whose certificate states no purpose. */
export interface OldCertificateDevices {
  /** By id. */
  readonly ids: readonly string[];
  /** Those that have a new certificate and have not used it yet. */
  readonly renewed: readonly string[];
}

/** Devices that used such a certificate, or whose newest one in the folder is one. */
export function oldCertificateDevices({
  certificates,
  oldCertificates,
  at,
}: DueFacts): OldCertificateDevices {
  const valid = newestOfEach(certificates).filter(({ notAfter }) => notAfter > at);
  const filed = valid.filter(({ isOld }) => isOld).map(({ deviceId }) => deviceId);
  const replaced = new Set(valid.filter(({ isOld }) => !isOld).map(({ deviceId }) => deviceId));
  const ids = [...new Set([...oldCertificates, ...filed])].sort();
  return { ids, renewed: ids.filter((id) => replaced.has(id)) };
}

/** The newest certificates of devices for which something is due. */
export function dueCertificates(due: CertificateDue, facts: DueFacts): ReadonlySet<KnownCertificate> {
  if (due === 'expiring') return new Set(expiringCertificates(facts));
  const ids = new Set(oldCertificateDevices(facts).ids);
  return new Set(newestOfEach(facts.certificates).filter(({ deviceId }) => ids.has(deviceId)));
}

/** Devices with a revoked certificate and no other valid one. */
export function revokedDevices(
  { certificates, at }: Omit<DueFacts, 'oldCertificates'>,
  revocations: readonly Revocation[],
): ReadonlySet<string> {
  const revoked = new Set(revocations.map(({ commonName }) => commonName));
  for (const certificate of revoked.size === 0 ? [] : certificates)
    if (isInForce(certificate, at)) revoked.delete(certificate.deviceId);
  return revoked;
}

/** A device that has a new certificate does not need the old one. */
function newestOfEach(certificates: readonly KnownCertificate[]): readonly KnownCertificate[] {
  const valid = certificates.filter(({ revokedAt }) => revokedAt === null);
  return valid.filter(({ deviceId }, index) => valid[index - 1]?.deviceId !== deviceId);
}

import type { CertificatesJson, DeviceCertificateJson } from '../../../contract/certificate';
import {
  type CertificateSummary,
  daysLeft,
  isInForce,
  type KnownCertificate,
} from '../../../core/certificate';
import type { CertificatePage } from '../../../services/certificates/manage-certificates';
import { instantText } from '../kernel/instant-text';

export function presentCertificates(page: CertificatePage, at: Date): CertificatesJson {
  const { ca, hasCaKey, server, devices, total, next } = page;
  return {
    ca:
      ca === null
        ? null
        : {
            subject: ca.subject,
            ...expiry(ca, at),
            serial: ca.serial,
            fingerprint: ca.fingerprint,
            has_key: hasCaKey,
          },
    server:
      server === null ? null : { names: [...server.names], ...expiry(server, at), serial: server.serial },
    can_issue: ca !== null && hasCaKey,
    devices: devices.map((certificate) => presentDevice(certificate, at)),
    total,
    next,
  };
}

function presentDevice(certificate: KnownCertificate, at: Date): DeviceCertificateJson {
  const { deviceId, serial, notBefore, notAfter, issuedAt, revokedAt, hasFile, isOld } = certificate;
  return {
    device: deviceId,
    serial,
    not_before: notBefore.toISOString(),
    ...expiry({ notAfter }, at),
    issued_at: issuedAt?.toISOString() ?? null,
    revoked_at: instantText(revokedAt),
    revocable: isInForce(certificate, at),
    has_file: hasFile,
    states_purpose: !isOld,
  };
}

function expiry({ notAfter }: Pick<CertificateSummary, 'notAfter'>, at: Date) {
  return { not_after: notAfter.toISOString(), days_left: daysLeft(notAfter, at) };
}

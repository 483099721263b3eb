import { z } from 'zod';
import type { CertificateSummary, KnownCertificate } from '../../../core/certificate';
import { daysLeft } from '../../../services/overview/attention';
import type { CertificatePage } from '../../../services/certificates/manage-certificates';

const instant = z.iso.datetime();
const days = z.number().int().describe('whole days until it expires; negative when it has');

export const certificatesJson = z.object({
  ca: z
    .object({
      subject: z.string(),
      not_after: instant,
      days_left: days,
      serial: z.string(),
      fingerprint: z.string().describe('SHA-256'),
      has_key: z.boolean(),
    })
    .nullable(),
  server: z
    .object({ names: z.array(z.string()), not_after: instant, days_left: days, serial: z.string() })
    .nullable(),
  can_issue: z.boolean(),
  devices: z.array(
    z.object({
      device: z.string(),
      serial: z.string(),
      not_before: instant,
      not_after: instant,
      days_left: days,
      issued_at: instant.nullable().describe('null when nobody noted it'),
      revoked_at: instant.nullable(),
      revocable: z.boolean().describe('it is valid'),
      has_file: z.boolean().describe('it is the one in the folder'),
    }),
  ),
  total: z.number().int(),
  next: z.string().nullable(),
});

export function presentCertificates(page: CertificatePage, at: Date): z.infer<typeof certificatesJson> {
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

function presentDevice(certificate: KnownCertificate, at: Date) {
  const { deviceId, serial, notBefore, notAfter, issuedAt, revokedAt, hasFile } = certificate;
  return {
    device: deviceId,
    serial,
    not_before: notBefore.toISOString(),
    ...expiry({ notAfter }, at),
    issued_at: issuedAt?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
    revocable: revokedAt === null && notAfter > at,
    has_file: hasFile,
  };
}

function expiry({ notAfter }: Pick<CertificateSummary, 'notAfter'>, at: Date) {
  return { not_after: notAfter.toISOString(), days_left: daysLeft(notAfter, at) };
}

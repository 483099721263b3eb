import { z } from 'zod';
import { certificateDues, certificateSorts, findingSeverities, keyTypes } from '../core/certificate';
import { kitClients, kitPollings } from '../core/kit-polling';
import { whyFields } from './why';
import { count, instant, nullableInstant, nullableText, stringList } from './answer-fields';
import { certificateSerial, compatible, deviceId, flag, wholeNumber } from './request-fields';

export const certificateListQuery = z.strictObject({
  search: z.string().max(100).optional().describe('Part of the device id or of the serial'),
  due: z
    .enum(certificateDues)
    .optional()
    .describe(
      'The newest certificate of each device that needs a new one: `expiring` expires within 30 days or expired in the last 30; `old` states no purpose, or the device still uses one that does not',
    ),
  sort: z.enum(certificateSorts).default('device'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: wholeNumber.transform(Number).pipe(z.number().min(1).max(500)).default(100),
  after: certificateSerial.optional().describe('`next` of the previous page'),
});

const issueFields = {
  days: z.number().int().min(1).max(36_500).optional().describe('How long it is valid; default: 3650'),
  key: z.enum(keyTypes).optional().describe('Type of the key that is made'),
  csr: z.string().min(1).max(32_768).optional().describe('A PEM request for a key that the device has'),
  force: flag.describe('Even if the device has one; the old files are kept'),
};

export const issueBody = z.strictObject({
  id: deviceId,
  compatibles: z.array(compatible).max(20).optional().describe('The compatibles that it is bound to'),
  ...issueFields,
});

export const kitBody = z.strictObject({
  server_url: z
    .string()
    .regex(/^https:\/\/[^\s/?#@\\]{1,300}\/?$/i, 'not https, a host and an optional port')
    .optional()
    .describe(
      'URL at which the device reaches the server; default: SERVER_URL. The server certificate must cover its host',
    ),
  compatible: compatible.optional().describe('Install only on boards of this compatible'),
  polling: z
    .enum(kitPollings)
    .default('script')
    .describe(
      "Who polls the server: the kit's `script`, or RAUC itself (`native`, a preview feature of RAUC 1.16 and later)",
    ),
  client: z
    .enum(kitClients)
    .default('rauc')
    .describe("What the kit is for: RAUC with the kit's own programs, or `rauc-hawkbit-updater`"),
  ...issueFields,
});

const days = count.describe('Whole days until it expires; negative when it has');

const deviceCertificateJson = z.object({
  device: z.string(),
  serial: z.string(),
  not_before: instant,
  not_after: instant,
  days_left: days,
  issued_at: nullableInstant.describe('Null when it was not recorded'),
  revoked_at: nullableInstant,
  revocable: z.boolean().describe('Whether it can be revoked: it is valid'),
  has_file: z
    .boolean()
    .describe(
      "Whether it is the one that a kit would contain: the device's latest, in the folder or the database",
    ),
  states_purpose: z
    .boolean()
    .describe('False for one that an earlier server made: X.509 v1, or without an extended key usage'),
});

/** The CA, the server's certificate, and a page of devices' certificates. */
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
  server: z.object({ names: stringList, not_after: instant, days_left: days, serial: z.string() }).nullable(),
  can_issue: z.boolean(),
  devices: z.array(deviceCertificateJson),
  total: count,
  next: nullableText,
});

/** The findings of a check of the certificates folder. */
export const verificationJson = z.object({
  ok: z.boolean().describe('True if no finding is an error'),
  findings: z.array(
    z.object({
      severity: z.enum(findingSeverities),
      path: z.string().describe('On the server'),
      message: z.string().describe('A sentence for people'),
      ...whyFields,
      remedy: z.string(),
    }),
  ),
});

export const issuedCertificateJson = z.object({
  device: z.string(),
  serial: z.string(),
  not_after: instant,
  certificate: z.string().describe('PEM'),
});

/** The fields that requests for a certificate and for a device kit share. */
export type IssueFields = z.infer<z.ZodObject<typeof issueFields>>;
export type VerificationJson = z.infer<typeof verificationJson>;
export type DeviceCertificateJson = z.infer<typeof deviceCertificateJson>;
export type CertificatesJson = z.infer<typeof certificatesJson>;
export type IssuedCertificateJson = z.infer<typeof issuedCertificateJson>;

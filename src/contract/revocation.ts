import { z } from 'zod';
import { count, instant, nullableText } from './answer-fields';
import { certificateSerial, deviceId, pageLimit } from './request-fields';

const reason = z.string().min(1).max(200).optional().describe('For the list and the journal');

export const revocationListQuery = z.strictObject({
  limit: pageLimit,
  after: certificateSerial.optional().describe('`next` of the previous page'),
});

export const revokeBody = z.strictObject({
  serial: certificateSerial.optional().describe('Works even if the certificate was never seen'),
  certificate: z.string().min(1).max(32_768).optional().describe('The certificate itself, PEM'),
  device: deviceId
    .optional()
    .describe('On its own: revoke the certificate that this device uses now; with "serial": its owner'),
  reason,
});

/** The path of a request about a certificate that was issued here. */
export const certificateParams = z.object({ serial: certificateSerial });
export const revokeCertificateBody = z.strictObject({ reason });

export const revocationJson = z.object({
  device: nullableText.describe('Null for a serial that was revoked before anyone had seen it'),
  serial: z.string(),
  revoked_at: instant,
  reason: z.string(),
});

export const revocationsJson = z.object({
  revocations: z.array(revocationJson).describe('Newest first'),
  total: count,
  next: nullableText,
});

export type RevokeBody = z.infer<typeof revokeBody>;
export type RevocationJson = z.infer<typeof revocationJson>;
export type RevocationsJson = z.infer<typeof revocationsJson>;

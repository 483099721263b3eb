import { z } from 'zod';
import { refusalCauses } from '../core/connection-refusal';
import { count, instant, nullableText } from './answer-fields';
import { whyFields } from './why';
import { pageLimit } from './request-fields';

export const refusedCertificateQuery = z.strictObject({
  search: z
    .string()
    .max(100)
    .optional()
    .describe('Part of the subject, the serial, the issuer, the fingerprint or the address'),
  limit: pageLimit,
});

export const refusedCertificateJson = z.object({
  subject: z.string().describe('As the certificate says; empty when it cannot be read'),
  serial: z.string(),
  issuer: z.string().describe('As the certificate says'),
  fingerprint: z.string().describe('SHA-256'),
  device: nullableText.describe('The device that it names; null unless a CA of this server signed it'),
  ours: z.boolean().describe('Whether a CA of this server signed it; anyone can make the others'),
  cause: z.enum(refusalCauses),
  reason: z.string().describe("A sentence for people, or OpenSSL's verdict"),
  ...whyFields,
  remedy: z.string(),
  address: nullableText.describe('Where the last attempt came from'),
  count: count.min(1).describe('How often it was refused since the server started'),
  first_at: instant,
  last_at: instant,
});

export const refusedCertificatesJson = z.object({
  certificates: z
    .array(refusedCertificateJson)
    .describe(
      "Those from this server's CAs first, then newest first; at most 2,000 of them and 500 others are kept",
    ),
  total: count.describe('How many match'),
});

export type RefusedCertificateJson = z.infer<typeof refusedCertificateJson>;
export type RefusedCertificatesJson = z.infer<typeof refusedCertificatesJson>;

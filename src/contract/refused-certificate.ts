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
    .describe('part of the subject, the serial, the issuer, the fingerprint or the address'),
  limit: pageLimit,
});

export const refusedCertificateJson = z.object({
  subject: z.string().describe('as the certificate says; empty when it cannot be read'),
  serial: z.string(),
  issuer: z.string().describe('as the certificate says'),
  fingerprint: z.string().describe('SHA-256'),
  device: nullableText.describe('that it names; null unless a CA of this server signed that'),
  ours: z.boolean().describe('a CA of this server signed it; anybody can make other ones'),
  cause: z.enum(refusalCauses),
  reason: z.string().describe("a sentence for people, or OpenSSL's verdict"),
  ...whyFields,
  remedy: z.string(),
  address: nullableText.describe('of the last time'),
  count: count.min(1).describe('how often it was refused since the server started'),
  first_at: instant,
  last_at: instant,
});

export const refusedCertificatesJson = z.object({
  certificates: z
    .array(refusedCertificateJson)
    .describe('those of our CAs first, then the latest first; at most 2,000 of ours and 500 others are kept'),
  total: count.describe('how many fit'),
});

export type RefusedCertificateJson = z.infer<typeof refusedCertificateJson>;
export type RefusedCertificatesJson = z.infer<typeof refusedCertificatesJson>;

import { z } from 'zod';
import type { Revocation } from '../../../core/certificate';
import { DomainError } from '../../../core/errors';
import type { RevocationTarget } from '../../../services/certificates/manage-revocations';
import type { AdminOptions } from '../kernel/admin-options';
import { certificateSerial, deviceId, pageLimit } from '../../../contract/request-fields';
import { defined } from '../kernel/service-request';
import { defineRoute, type Route } from '../kernel/route';

const reason = z.string().min(1).max(200).optional().describe('for the list and the journal');

export const revocationJson = z.object({
  device: z.string().nullable().describe('null for a serial that was revoked before anyone had seen it'),
  serial: z.string(),
  revoked_at: z.iso.datetime(),
  reason: z.string(),
});

export const revocationsJson = z.object({
  revocations: z.array(revocationJson).describe('the newest first'),
  total: z.number().int(),
  next: z.string().nullable(),
});

const wanted = z.strictObject({
  serial: certificateSerial.optional().describe('whether such a certificate was ever seen or not'),
  certificate: z.string().min(1).max(32_768).optional().describe('the certificate itself, PEM'),
  device: deviceId
    .optional()
    .describe('alone: revoke the certificate that this device uses now; with "serial": whose it is'),
  reason,
});

/** Which certificates of devices are refused, whoever issued them. */
export function revocationRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageRevocations } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/revocations',
      scope: 'read',
      operation: 'listRevocations',
      summary: 'The revoked certificates, the newest first, a page at a time',
      input: {
        query: z.strictObject({
          limit: pageLimit,
          after: certificateSerial.optional().describe('the `next` of the page before'),
        }),
      },
      answers: { 200: { description: 'The revocations', schema: revocationsJson } },
      problems: ['configuration'],
      handle: async ({ input: { query } }) => {
        const { limit, after } = query;
        const page = await manageRevocations.list({ limit, ...defined({ after }) });
        const json: z.infer<typeof revocationsJson> = {
          ...page,
          revocations: page.revocations.map(present),
        };
        return { status: 200, json };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/revocations',
      scope: 'admin',
      operation: 'revoke',
      summary:
        'Revoke any certificate of a device, also one issued elsewhere or never seen, and end its connections',
      input: { body: wanted },
      answers: { 200: { description: 'It is revoked, and in force', schema: revocationJson } },
      problems: ['not-found', 'conflict', 'configuration', 'storage-full', 'unavailable'],
      handle: async ({ input: { body }, actor }) => ({
        status: 200,
        json: present(await manageRevocations.revoke(targetOf(body), body.reason, actor)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/certificates/{serial}/revoke',
      scope: 'admin',
      operation: 'revokeCertificate',
      summary: 'Revoke a certificate of a device that was issued here, and end its connections',
      input: {
        params: z.object({ serial: certificateSerial }),
        body: z.strictObject({ reason }),
      },
      answers: { 200: { description: 'It is revoked, and in force', schema: revocationJson } },
      problems: ['not-found', 'configuration', 'storage-full', 'unavailable'],
      handle: async ({ input: { params, body }, actor }) => {
        const target = { serial: params.serial, isKnown: true };
        return {
          status: 200,
          json: present(await manageRevocations.revoke(target, body.reason, actor)),
        };
      },
    }),
  ];
}

/** @throws DomainError `invalid-input` */
function targetOf({ serial, certificate, device }: z.infer<typeof wanted>): RevocationTarget {
  if (serial !== undefined && certificate === undefined)
    return { serial, ...(device === undefined ? {} : { deviceId: device }) };
  if (certificate !== undefined && serial === undefined && device === undefined)
    return { certificatePem: certificate };
  if (device !== undefined && certificate === undefined) return { usedBy: device };
  throw new DomainError('invalid-input', 'say which certificate, in one way', {
    remedy: 'Give "serial", "certificate", or "device" for the certificate that it uses now.',
  });
}

function present({ commonName, serial, revokedAt, reason: why }: Revocation): z.infer<typeof revocationJson> {
  return {
    device: commonName === '' ? null : commonName,
    serial,
    revoked_at: revokedAt.toISOString(),
    reason: why,
  };
}

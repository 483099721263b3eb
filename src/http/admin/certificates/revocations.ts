import {
  certificateParams,
  revocationJson,
  type RevocationJson,
  revocationListQuery,
  revocationsJson,
  type RevocationsJson,
  revokeBody,
  type RevokeBody,
  revokeCertificateBody,
} from '../../../contract/revocation';
import type { Revocation } from '../../../core/certificate';
import { DomainError } from '../../../core/errors';
import type { RevocationTarget } from '../../../services/certificates/manage-revocations';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';

/** Which device certificates are revoked, from any issuer. */
export function revocationRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageRevocations } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/revocations',
      scope: 'read',
      operation: 'listRevocations',
      summary: 'The revoked certificates, newest first, one page at a time',
      input: {
        query: revocationListQuery,
      },
      answers: { 200: { description: 'The revocations', schema: revocationsJson } },
      problems: ['configuration'],
      handle: async ({ input: { query } }) => {
        const { limit, after } = query;
        const page = await manageRevocations.list({ limit, ...defined({ after }) });
        const json: RevocationsJson = {
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
        'Revoke any device certificate, even one issued elsewhere or never seen, and close its connections',
      input: { body: revokeBody },
      answers: { 200: { description: 'It is revoked with immediate effect', schema: revocationJson } },
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
      summary: 'Revoke a device certificate that was issued here, and close its connections',
      input: {
        params: certificateParams,
        body: revokeCertificateBody,
      },
      answers: { 200: { description: 'It is revoked with immediate effect', schema: revocationJson } },
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
function targetOf({ serial, certificate, device }: RevokeBody): RevocationTarget {
  if (serial !== undefined && certificate === undefined)
    return { serial, ...(device === undefined ? {} : { deviceId: device }) };
  if (certificate !== undefined && serial === undefined && device === undefined)
    return { certificatePem: certificate };
  if (device !== undefined && certificate === undefined) return { usedBy: device };
  throw DomainError.of('certificate-named-ambiguously');
}

function present({ commonName, serial, revokedAt, reason: why }: Revocation): RevocationJson {
  return {
    device: commonName === '' ? null : commonName,
    serial,
    revoked_at: revokedAt.toISOString(),
    reason: why,
  };
}

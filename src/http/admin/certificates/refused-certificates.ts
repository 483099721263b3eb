import {
  refusedCertificateQuery,
  type RefusedCertificateJson,
  refusedCertificatesJson,
} from '../../../contract/refused-certificate';
import { presentWhy } from '../../../contract/present-why';
import { sayWhy } from '../../../core/circumstances/sentences';
import { type RefusedCertificate, remedyOfRefusal } from '../../../core/connection-refusal';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';

/** The certificates that the device listener refused. */
export function refusedCertificateRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/refused-certificates',
      scope: 'read',
      operation: 'listRefusedCertificates',
      summary: 'Certificates refused since the server started, and what to do about each',
      input: { query: refusedCertificateQuery },
      answers: { 200: { description: 'The certificates', schema: refusedCertificatesJson } },
      problems: [],
      handle: ({ input: { query } }) => {
        const { search, limit } = query;
        const page = services.refusedCertificates.list({ limit, ...defined({ search }) });
        const json = { certificates: page.certificates.map(present), total: page.total };
        return { status: 200, json };
      },
    }),
  ];
}

function present(refused: RefusedCertificate): RefusedCertificateJson {
  const { subject, serial, issuer, fingerprint, deviceId, isOurs, cause, reason } = refused;
  const { address, count, firstAt, lastAt } = refused;
  return {
    ...{ subject, serial, issuer, fingerprint, device: deviceId, ours: isOurs, cause },
    ...presentWhy(reason),
    reason: sayWhy(reason),
    remedy: remedyOfRefusal(cause),
    address,
    count,
    first_at: firstAt.toISOString(),
    last_at: lastAt.toISOString(),
  };
}

import { pipeline } from 'node:stream/promises';
import {
  certificateListQuery,
  certificatesJson,
  issueBody,
  issuedCertificateJson,
  type IssueFields,
  kitBody,
  verificationJson,
} from '../../../contract/certificate';
import { presentVerification } from '../../../contract/present-why';
import { deviceParams } from '../../../contract/device';
import { DomainError } from '../../../core/errors';
import { createIsTrustedProxy } from '../../client-address';
import type { AdminOptions } from '../kernel/admin-options';
import { isPrivate } from '../kernel/private-connection';
import { answered, defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';
import { presentCertificates } from './certificate-json';

const pemMediaType = 'application/x-pem-file';

/** Device certificates: issue them and hand them over. */
export function certificateRoutes(options: AdminOptions): readonly Route[] {
  const { manageCertificates } = options.services;
  const isTrustedProxy = createIsTrustedProxy(options.trustedProxies ?? []);
  return [
    defineRoute({
      method: 'get',
      path: '/api/certificates',
      scope: 'read',
      operation: 'listCertificates',
      summary: 'The CA, the server certificate and the device certificates, one page at a time',
      input: {
        query: certificateListQuery,
      },
      answers: { 200: { description: 'The certificates', schema: certificatesJson } },
      problems: ['configuration'],
      handle: async ({ input: { query } }) => {
        const { search, due, sort, order, limit, after } = query;
        const isDescending = order === 'desc';
        const page = await manageCertificates.list({
          sort,
          isDescending,
          limit,
          ...defined({ search, due, after }),
        });
        return { status: 200, json: presentCertificates(page, options.now()) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/certificates/verification',
      scope: 'admin',
      operation: 'verifyCertificates',
      summary: 'Check the certificates folder: chains, expiry, keys, file modes',
      input: {},
      answers: { 200: { description: 'What was found', schema: verificationJson } },
      problems: [],
      handle: async () => ({ status: 200, json: presentVerification(await manageCertificates.verify()) }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/ca.crt',
      scope: 'read',
      operation: 'downloadCa',
      summary: 'The CAs in ca.crt, with which devices verify the server',
      input: {},
      answers: { 200: { description: 'The CAs, in PEM', mediaType: pemMediaType } },
      problems: ['not-found', 'configuration'],
      handle: async ({ response }) => {
        const body = await manageCertificates.readCa();
        response.set('Content-Disposition', 'attachment; filename="ca.crt"');
        return { status: 200, text: { mediaType: pemMediaType, body } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/certificates',
      scope: 'admin',
      operation: 'issueCertificate',
      summary: 'Issue a device certificate, with a key that stays on the server or for a request',
      input: {
        body: issueBody,
      },
      answers: {
        201: { description: 'It is issued', schema: issuedCertificateJson },
      },
      problems: ['conflict', 'certificate-refused', 'configuration', 'storage-full'],
      handle: async ({ input: { body }, actor }) => {
        const { certificate, certificatePem } = await manageCertificates.issue(
          {
            id: body.id,
            ...issueRequest(body),
            ...(body.compatibles === undefined ? {} : { compatibles: body.compatibles }),
          },
          actor,
        );
        const { commonName: device, serial: made, notAfter } = certificate;
        const json = { device, serial: made, not_after: notAfter.toISOString(), certificate: certificatePem };
        return { status: 201, json, secret: true };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/devices/{id}/kit',
      scope: 'admin',
      operation: 'makeDeviceKit',
      summary:
        'Everything a device needs in one archive, with its certificate or a new one; refused if the device could not connect, and, with a private key, over plain HTTP',
      input: {
        params: deviceParams,
        body: kitBody,
      },
      answers: {
        200: { description: 'A .tar.gz, which may contain a private key', mediaType: 'application/gzip' },
      },
      problems: ['forbidden', 'conflict', 'certificate-refused', 'configuration', 'storage-full'],
      handle: async ({ input: { params, body }, actor, request, response }) => {
        const kit = await manageCertificates.makeKit(
          {
            id: params.id,
            serverUrl: serverUrlOf(body.server_url, options),
            polling: body.polling,
            client: body.client,
            mayHoldKey: isPrivate(request, isTrustedProxy),
            ...issueRequest(body),
            ...(body.compatible === undefined ? {} : { compatible: body.compatible }),
          },
          actor,
        );
        response.set({ 'Content-Type': 'application/gzip', 'Cache-Control': 'no-store' });
        response.set('Content-Disposition', `attachment; filename="${kit.fileName}"`);
        await pipeline(kit.archive, response);
        return answered;
      },
    }),
  ];
}

/** @throws DomainError `invalid-input` */
function issueRequest({ days, key, csr, force }: IssueFields) {
  if (key !== undefined && csr !== undefined) {
    throw DomainError.of('key-and-request-given');
  }
  return {
    force,
    ...(days === undefined ? {} : { days }),
    ...(key === undefined ? {} : { key }),
    ...(csr === undefined ? {} : { csrPem: csr }),
  };
}

/** @throws DomainError `conflict`, `invalid-input` */
function serverUrlOf(given: string | undefined, { serverUrl = null }: AdminOptions): string {
  if (given === undefined && serverUrl !== null) return serverUrl;
  if (given === undefined) {
    throw DomainError.of('server-url-unset');
  }
  if (!URL.canParse(given)) throw DomainError.of('server-url-invalid');
  return new URL(given).origin;
}

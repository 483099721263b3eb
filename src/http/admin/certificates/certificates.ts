import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DomainError } from '../../../core/errors';
import { kitPollings } from '../../../core/kit-polling';
import type { AdminOptions } from '../kernel/admin-options';
import { certificatesJson, presentCertificates } from './certificate-json';
import { certificateSerial, compatible, deviceId, flag, wholeNumber } from '../../../contract/request-fields';
import { answered, defineRoute, type Route } from '../kernel/route';

const issueFields = {
  days: z.number().int().min(1).max(36_500).optional().describe('how long it is valid; 3650 when left out'),
  key: z.enum(['ec', 'rsa']).optional().describe('type of the key that is made'),
  csr: z.string().min(1).max(32_768).optional().describe('a PEM request for a key that the device has'),
  force: flag.describe('although it has one; the old files are kept'),
};

/** Certificates of devices: issued, handed over. */
export function certificateRoutes(options: AdminOptions): readonly Route[] {
  const { manageCertificates } = options.services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/certificates',
      scope: 'read',
      operation: 'listCertificates',
      summary: 'The CA, the certificate of the server, and those of devices, a page at a time',
      input: {
        query: z.strictObject({
          search: z.string().max(100).optional().describe('part of the device id or of the serial'),
          limit: wholeNumber.transform(Number).pipe(z.number().min(1).max(500)).default(100),
          after: certificateSerial.optional().describe('the `next` of the page before'),
        }),
      },
      answers: { 200: { description: 'The certificates', schema: certificatesJson } },
      problems: ['configuration'],
      handle: async ({ input: { query } }) => {
        const { search, limit, after } = query;
        const page = await manageCertificates.list({
          limit,
          ...(search === undefined ? {} : { search }),
          ...(after === undefined ? {} : { after }),
        });
        return { status: 200, json: presentCertificates(page, options.now()) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/certificates',
      scope: 'admin',
      operation: 'issueCertificate',
      summary: 'Issue the certificate of a device, with a key that stays on the server or for a request',
      input: {
        body: z.strictObject({
          id: deviceId,
          compatibles: z.array(compatible).max(20).optional().describe('that it is bound to'),
          ...issueFields,
        }),
      },
      answers: {
        201: {
          description: 'It is issued',
          schema: z.object({
            device: z.string(),
            serial: z.string(),
            not_after: z.iso.datetime(),
            certificate: z.string().describe('PEM'),
          }),
        },
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
      summary: 'All that a device needs, in one archive, with its certificate or a new one',
      input: {
        params: z.object({ id: deviceId }),
        body: z.strictObject({
          server_url: z
            .string()
            .regex(/^https:\/\/[^\s/?#@\\]{1,300}\/?$/i, 'not https, a host and perhaps a port')
            .optional()
            .describe('what the device uses to reach the server; SERVER_URL when left out'),
          compatible: compatible.optional().describe('install on boards of this one alone'),
          polling: z
            .enum(kitPollings)
            .default('script')
            .describe(
              "who asks the server: the kit's `script`, or RAUC itself (`native`) from 1.16 on, which RAUC calls a preview",
            ),
          ...issueFields,
        }),
      },
      answers: { 200: { description: 'A .tar.gz, which may hold a key', mediaType: 'application/gzip' } },
      problems: ['conflict', 'certificate-refused', 'configuration', 'storage-full'],
      handle: async ({ input: { params, body }, actor, response }) => {
        const kit = await manageCertificates.makeKit(
          {
            id: params.id,
            serverUrl: serverUrlOf(body.server_url, options),
            polling: body.polling,
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

interface IssueBody {
  readonly days?: number | undefined;
  readonly key?: 'ec' | 'rsa' | undefined;
  readonly csr?: string | undefined;
  readonly force: boolean;
}

/** @throws DomainError `invalid-input` */
function issueRequest({ days, key, csr, force }: IssueBody) {
  if (key !== undefined && csr !== undefined) {
    throw new DomainError('invalid-input', '"key" makes a new key, "csr" brings one', {
      remedy: 'Leave out one of them.',
    });
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
    throw new DomainError('conflict', 'SERVER_URL is not set, and a device must know where its server is', {
      remedy: 'Set SERVER_URL and start the server again, or give "server_url".',
    });
  }
  if (!URL.canParse(given)) throw new DomainError('invalid-input', 'server_url is not a URL');
  return new URL(given).origin;
}

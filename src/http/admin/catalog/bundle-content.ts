import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { bundleParams } from '../../../contract/bundle';
import type { Bundle } from '../../../core/bundle';
import type { ReadBundle } from '../../../services/catalog/read-bundle';
import { evaluateConditions, rangeCounts, type Validators } from '../../conditional';
import { type ByteRange, decideRange } from '../../range';
import type { AdminOptions } from '../kernel/admin-options';
import { contextOf } from '../kernel/request-context';
import { answered, defineRoute, type Route } from '../kernel/route';
import type { ShareLimits, Shares } from '../kernel/shares';

/**
 * Each download holds a connection until its reader is done. One that was cut off counts until the server notices.
 */
export const downloadLimits: ShareLimits = {
  what: 'download',
  perCaller: 10,
  inAll: 50,
  retryAfterSeconds: 30,
};

const bytes = 'application/octet-stream';

/** `GET /api/bundles/{name}/content`: the bytes of a bundle, for people and scripts; devices have a listener of their own. */
export function bundleContentRoutes({ services }: AdminOptions, downloads: Shares): readonly Route[] {
  const { listBundles, readBundle } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/bundles/{name}/content',
      scope: 'read',
      operation: 'downloadBundle',
      summary:
        'The bundle itself. The ETag is its SHA-256; supports Range, If-Range, If-Match and If-None-Match (RFC 9110)',
      input: { params: bundleParams },
      answers: {
        200: { description: 'All of it', mediaType: bytes },
        206: { description: 'The requested range', mediaType: bytes },
        304: { description: 'The caller already has this content', mediaType: null },
        412: { description: 'If-Match names different content', mediaType: null },
        416: { description: 'The range starts past the end of the bundle', mediaType: null },
      },
      problems: ['not-found', 'too-many-requests'],
      handle: async ({ input, actor, request, response }) => {
        const { bundle } = listBundles.get(input.params.name);
        const answer = decide(bundle, request);
        const { status, headers, range } = answer;
        if (range === undefined) response.status(status).set(headers).end();
        else
          await downloads.during(actor.name, () => send(readBundle, bundle, { ...answer, range }, response));
        return answered;
      },
    }),
  ];
}

interface Decision {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What to send; without it the answer has no body. */
  readonly range?: ByteRange;
}

function decide({ name, sha256, sizeBytes, uploadedAt }: Bundle, request: Request): Decision {
  const validators: Validators = { etag: `"${sha256}"`, lastModified: uploadedAt };
  const headers = {
    'Cache-Control': 'private, no-transform, no-cache', // ranges of bytes that a proxy compressed would be other bytes
    'Accept-Ranges': 'bytes',
    ETag: validators.etag,
    'Last-Modified': uploadedAt.toUTCString(),
  };
  const condition = evaluateConditions(
    {
      ifMatch: request.get('if-match'),
      ifNoneMatch: request.get('if-none-match'),
      ifUnmodifiedSince: request.get('if-unmodified-since'),
      ifModifiedSince: request.get('if-modified-since'),
    },
    validators,
  );
  if (condition !== 'proceed') return { status: condition === 'failed' ? 412 : 304, headers };
  const isRangeable = request.method === 'GET' && rangeCounts(request.get('if-range'), validators);
  const decided = decideRange(isRangeable ? request.get('range') : undefined, sizeBytes);
  if (decided.kind === 'unsatisfiable')
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${sizeBytes}` } };
  const range = decided.kind === 'part' ? decided : { start: 0, end: sizeBytes - 1 };
  const { start, end } = range;
  return {
    status: decided.kind === 'part' ? 206 : 200,
    headers: {
      ...headers,
      ...(decided.kind === 'part' ? { 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` } : {}),
      'Content-Type': bytes,
      'Content-Length': String(end - start + 1),
      'Content-Disposition': `attachment; filename="${name}"`, // a bundle's name has nothing to escape
    },
    ...(request.method === 'HEAD' ? {} : { range }),
  };
}

/**
 * Streams as fast as the client reads. A disk that fails partway cuts the connection: a partial bundle must not look
 * complete.
 * @throws DomainError `not-found` when the bytes are missing; nothing has been sent yet
 */
async function send(
  readBundle: Pick<ReadBundle, 'open'>,
  bundle: Bundle,
  { status, headers, range: { start, end } }: Required<Decision>,
  response: Response,
): Promise<void> {
  const lease = await readBundle.open(bundle);
  try {
    const content = lease.createReadStream(start, end);
    content.once('error', (error) => {
      // A client that disconnects destroys the response first. That is not a failure of ours.
      if (!response.destroyed) contextOf(response.req).error = error;
    });
    response.status(status).set(headers);
    await pipeline(content, response).catch(() => undefined);
  } finally {
    lease.release();
  }
}

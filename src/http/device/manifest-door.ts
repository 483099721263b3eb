import { createHash } from 'node:crypto';
import { parseCompatible } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { describeOffer } from '../../services/describe-release';
import type { OfferUpdate } from '../../services/offer-update';
import type { Exchange } from './exchange';
import { answeredByConditions, type Handler } from './handler';
import { sendJson } from './send-json';

export interface ManifestPorts {
  readonly offerUpdate: OfferUpdate;
  /** What the device reaches the server by, without a slash at the end. */
  readonly baseUrl: (authority: string | undefined) => string;
}

/** `GET /api/v1/manifest.json`: what this device should install. It names its compatible, or the default is meant. */
export function createManifestHandler(ports: ManifestPorts): Handler {
  return (exchange, { query }) => answer(ports, exchange, askedCompatible(exchange, query));
}

/** `GET /api/v1/manifest/{compatible}.json`: the same for a named compatible. */
export function createNamedManifestHandler(ports: ManifestPorts): Handler {
  return (exchange, { params }) => {
    const file = params['file'] ?? '';
    if (!file.endsWith('.json')) throw new DomainError('not-found', 'a manifest ends in .json');
    answer(ports, exchange, parseCompatible(file.slice(0, -'.json'.length)));
  };
}

function answer({ offerUpdate, baseUrl }: ManifestPorts, exchange: Exchange, asked: string | null): void {
  const offer = offerUpdate.offer(exchange.connection.identity, asked);
  if (asked !== null && offer.kind === 'nothing' && offer.reason === 'not-its-compatible') {
    throw new DomainError('forbidden', offer.message, {
      remedy: 'Ask for the compatible that the certificate is bound to, or issue another certificate.',
    });
  }
  const manifest = describeOffer(offer, baseUrl(exchange.authority));
  const etag = `"${createHash('sha256').update(JSON.stringify(manifest)).digest('base64url')}"`;
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (!answeredByConditions(exchange, { etag, lastModified: null }, headers))
    sendJson(exchange, manifest, 200, headers);
}

/** @throws DomainError `invalid-input`: an empty or doubtful compatible is never taken for "the default one" */
function askedCompatible(exchange: Exchange, query: URLSearchParams): string | null {
  const inQuery = query.getAll('compatible');
  if (inQuery.length > 1) throw new DomainError('invalid-input', 'compatible is there more than once');
  const [asked = decodeUtf8(exchange.header('x-rauc-compatible'))] = inQuery;
  return asked === undefined ? null : parseCompatible(asked);
}

/** Node gives the bytes of a header as Latin-1; compatibles are UTF-8. */
function decodeUtf8(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x20-\x7e]*$/.test(header)) return header;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch (cause) {
    throw new DomainError('invalid-input', 'X-RAUC-Compatible is not UTF-8', { cause });
  }
}

import { createHash } from 'node:crypto';
import { parseCompatible } from '../../../core/bundle';
import { DomainError } from '../../../core/errors';
import { describeOffer } from '../../../services/catalog/describe-release';
import type { OfferUpdate } from '../../../services/offers/offer-update';
import { askedCompatible } from './asked-compatible';
import { readContact } from './device-facts';
import type { Exchange } from '../transport/exchange';
import { answeredByConditions, type Handler } from '../kernel/handler';
import { sendJson } from '../kernel/send-json';
import type { Counters } from '../kernel/counters';

export interface ManifestPorts {
  readonly offerUpdate: OfferUpdate;
  /** What the device reaches the server by, without a slash at the end. */
  readonly baseUrl: (authority: string | undefined) => string;
  readonly now: () => Date;
  readonly counters: Pick<Counters, 'countOffer'>;
}

/** `GET /api/v1/manifest.json`: what this device should install. It names its compatible, or the known one is meant. */
export function createManifestHandler(ports: ManifestPorts): Handler {
  return (exchange, { query }) => answer(ports, exchange, askedCompatible(exchange, query));
}

/** `GET /api/v1/manifest/{compatible}.json`: the same for a named compatible. */
export function createNamedManifestHandler(ports: ManifestPorts): Handler {
  return (exchange, { params }) => {
    const file = params['file'] ?? '';
    if (!file.endsWith('.json')) throw new DomainError('not-found', 'a manifest ends in .json');
    return answer(ports, exchange, parseCompatible(file.slice(0, -'.json'.length)));
  };
}

async function answer(
  { offerUpdate, baseUrl, now, counters }: ManifestPorts,
  exchange: Exchange,
  compatible: string | null,
): Promise<void> {
  const offer = await offerUpdate.ask({
    identity: exchange.connection.identity,
    contact: readContact(exchange, now()),
    compatible,
    mustStream: false,
    knownEtag: null,
  });
  counters.countOffer('manifest', offer);
  if (compatible !== null && offer.kind === 'nothing' && offer.reason === 'not-its-compatible') {
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

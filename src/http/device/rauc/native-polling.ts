import { pinnedPath } from '../../../services/catalog/describe-release';
import type { OfferUpdate } from '../../../services/offers/offer-update';
import { askedCompatible } from './asked-compatible';
import { readContact } from './device-facts';
import { answeredByConditions, type Handler } from '../kernel/handler';
import { namedHash } from './named-hash';
import type { PollAnswer, Counters } from '../kernel/counters';

export interface PollingPorts {
  readonly offerUpdate: OfferUpdate;
  readonly now: () => Date;
  readonly counters: Pick<Counters, 'countOffer' | 'countPoll'>;
}

const headers = { 'cache-control': 'private, no-store' };

/**
 * `GET /api/v1/update.raucb`: the bundle for RAUC's own poller (`[polling] url=`, RAUC 1.16), and for the install request that
 * follows a poll. 307 to the bytes, 304 when the device has seen them, 204 when there is nothing: RAUC then forgets what it
 * was told before. The redirect has no ETag of its own, because RAUC would take it for the bundle's.
 */
export function createPollingHandler({ offerUpdate, now, counters }: PollingPorts): Handler {
  return async (exchange, { query }) => {
    const contact = readContact(exchange, now());
    const offer = await offerUpdate.ask({
      identity: exchange.connection.identity,
      contact,
      compatible: askedCompatible(exchange, query),
      mustStream: true,
      knownEtag: exchange.header('if-none-match') ?? null,
      namedSha256: namedHash(exchange),
    });
    // Whoever begins to install needs the bytes, whatever it has seen.
    const isPoll = exchange.header('rauc-transaction-id') === undefined;
    const count = (answer: PollAnswer) => {
      if (isPoll) counters.countPoll(answer);
    };
    counters.countOffer('polling', offer);
    if (offer.kind === 'nothing') {
      count('nothing');
      exchange.send(204, { ...headers, 'x-rauc-server-reason': offer.reason });
      return;
    }
    const { bundle } = offer;
    const validators = { etag: `"${bundle.sha256}"`, lastModified: null };
    if (isPoll && answeredByConditions(exchange, validators, { ...headers, etag: validators.etag })) {
      count('unchanged');
      return;
    }
    count('redirected');
    // Relative, so that it leads back to the very host and port that the certificate was checked for.
    exchange.send(307, { ...headers, 'content-length': 0, location: pinnedPath(bundle) });
  };
}

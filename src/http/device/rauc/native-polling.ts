import type { ProtocolLimits } from '../../../core/protocol';
import { pinnedPath } from '../../../services/catalog/describe-release';
import type { PollAnswer } from '../kernel/counters';
import { answeredByConditions, type Handler } from '../kernel/handler';
import { byCertificate, type Protocol, type ProtocolKit } from '../kernel/protocol';
import { askedCompatible } from './asked-compatible';
import { readContact } from './device-facts';
import { namedHash } from './named-hash';

/**
 * RAUC's own poller streams: it stops at a bundle that it cannot stream, and aborts at one without a version. It sends
 * no reports.
 */
const limits: ProtocolLimits = {
  carriesPlain: false,
  carriesUnencryptedCrypt: false,
  carriesUnversioned: false,
  tellsOutcome: false,
};

/** `GET /api/v1/update.raucb`, for RAUC's own poller (`[polling] url=`, RAUC 1.16). */
export const nativePolling: Protocol = {
  name: 'polling',
  authenticate: byCertificate,
  limits,
  routes: (kit) => [{ method: 'GET', path: '/api/v1/update.raucb', handler: createPollingHandler(kit) }],
};

const headers = { 'cache-control': 'private, no-store' };

/**
 * Answers a poll, and the install request that follows it: 307 to the bytes, 304 when the device has seen them, or 204
 * when there is nothing, after which RAUC forgets the previous answer. The redirect has no ETag, because RAUC would
 * take it for the bundle's.
 */
function createPollingHandler({ services: { deviceEvents }, now, counters }: ProtocolKit): Handler {
  counters.beginPolls();
  return async (exchange, { device, query }) => {
    const contact = readContact(exchange, now());
    const offer = await deviceEvents.take(device, {
      kind: 'asked',
      contact,
      limits,
      compatible: askedCompatible(exchange, query),
      meansDefault: false,
      native: { knownEtag: exchange.header('if-none-match') ?? null },
      namedSha256: namedHash(exchange),
    });
    // A device that begins to install needs the bytes, whatever it has seen.
    const isPoll = exchange.header('rauc-transaction-id') === undefined;
    const count = (answer: PollAnswer) => {
      if (isPoll) counters.countPoll(answer);
    };
    counters.countOffer(offer);
    if (offer.kind === 'nothing') {
      count('nothing');
      exchange.send(204, { 'x-rauc-server-reason': offer.reason, ...headers });
      return;
    }
    const { bundle } = offer;
    const validators = { etag: `"${bundle.sha256}"`, lastModified: null };
    if (isPoll && answeredByConditions(exchange, validators, { etag: validators.etag, ...headers })) {
      count('unchanged');
      return;
    }
    count('redirected');
    // Relative, so that it stays on the host and port that the certificate was checked for.
    exchange.send(307, { 'content-length': 0, location: pinnedPath(bundle), ...headers });
  };
}

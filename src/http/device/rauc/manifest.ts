import { parseCompatible } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import { noLimits } from '../../../core/protocol';
import { answeredByConditions } from '../kernel/handler';
import { byCertificate, type Protocol, type ProtocolKit } from '../kernel/protocol';
import { sendJsonText } from '../kernel/send-json';
import type { Exchange } from '../transport/exchange';
import { askedCompatible } from './asked-compatible';
import { readContact } from './device-facts';
import { ManifestDocuments } from './manifest-document';

/**
 * What a device should install, for scripts that download a bundle or pass its URL to RAUC.
 * - `GET /api/v1/manifest.json`: the device names its compatible, or gets the default
 * - `GET /api/v1/manifest/{compatible}.json`: the same for a named compatible
 */
export const manifest: Protocol = {
  name: 'manifest',
  authenticate: byCertificate,
  limits: noLimits,
  routes(kit) {
    const documents = new ManifestDocuments();
    return [
      {
        method: 'GET',
        path: '/api/v1/manifest.json',
        handler: (exchange, { device, query }) =>
          answer(kit, documents, exchange, device, askedCompatible(exchange, query)),
      },
      {
        method: 'GET',
        path: '/api/v1/manifest/:file',
        handler: (exchange, { device, params: { file = '' } }) => {
          if (!file.endsWith('.json')) throw DomainError.of('manifest-name-invalid');
          return answer(kit, documents, exchange, device, parseCompatible(file.slice(0, -'.json'.length)));
        },
      },
    ];
  },
};

async function answer(
  { services: { deviceEvents }, baseUrl, now, counters }: ProtocolKit,
  documents: ManifestDocuments,
  exchange: Exchange,
  device: DeviceIdentity,
  compatible: string | null,
): Promise<void> {
  const offer = await deviceEvents.take(device, {
    kind: 'asked',
    contact: readContact(exchange, now()),
    limits: noLimits,
    compatible,
    meansDefault: true,
    native: null,
    namedSha256: null,
  });
  counters.countOffer(offer);
  if (compatible !== null && offer.kind === 'nothing' && offer.reason === 'not-its-compatible') {
    throw DomainError.of('compatible-not-of-certificate', { compatible });
  }
  const { json, sizeBytes, etag } = documents.of(offer, baseUrl(exchange));
  const headers = { etag, 'cache-control': 'private, no-cache' };
  if (!answeredByConditions(exchange, { etag, lastModified: null }, headers))
    sendJsonText(exchange, { json, sizeBytes }, 200, headers);
}

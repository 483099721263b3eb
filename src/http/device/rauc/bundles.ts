import { type Bundle, isSha256 } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { Handler } from '../kernel/handler';
import { byCertificate, type Protocol, type ProtocolKit } from '../kernel/protocol';
import { createSendBundle } from '../kernel/send-bundle';
import type { Exchange } from '../transport/exchange';
import { transactionIdOf } from './device-facts';
import { namedHash } from './named-hash';
import { noteAttempt } from './note-attempt';

/** `GET /bundles/{name}` and `/bundles/{sha256}/{name}`: the bundle or a range of it (RFC 9110, section 14). */
export const bundles: Protocol = {
  name: 'bundles',
  authenticate: byCertificate,
  limits: null,
  routes(kit) {
    const handler = createBundleHandler(kit);
    return [
      { method: 'GET', path: '/bundles/:name', handler, isDownload: true },
      { method: 'GET', path: '/bundles/:sha256/:name', handler, isDownload: true },
    ];
  },
};

function createBundleHandler(kit: ProtocolKit): Handler {
  const send = createSendBundle(kit);
  return async (exchange, { device, params: { name = '', sha256 } }) => {
    const transactionId = transactionIdOf(exchange);
    const bundle = await getBundle(kit, exchange, device, name, sha256);
    await noteAttempt(kit, exchange, device, bundle, transactionId);
    // A device that begins to install needs the bytes, whatever it has seen.
    const isConditional = transactionId === undefined;
    await send(exchange, device, bundle, { isPinned: sha256 !== undefined, isConditional });
  };
}

/**
 * @throws DomainError `not-found`: also for bundles that the device may not know about; `forbidden` while it waits
 */
async function getBundle(
  kit: ProtocolKit,
  exchange: Exchange,
  device: DeviceIdentity,
  name: string,
  sha256: string | undefined,
): Promise<Bundle> {
  const { readBundle, bundleAccess } = kit.services;
  const bundle = readBundle.find(name) ?? (await readBundle.lookFor(name));
  if (!(await bundleAccess.isAdmitted(device))) {
    // The device must be known before anyone can admit it.
    if (bundle !== undefined) await noteAttempt(kit, exchange, device, bundle, undefined);
    throw DomainError.of('device-awaits-admission');
  }
  if (bundle === undefined || sha256 !== bundle.sha256) await hearName(kit, exchange, device, bundle, sha256);
  if (bundle === undefined || (sha256 !== undefined && sha256 !== bundle.sha256) || bundle.sizeBytes === 0) {
    throw notFound(name);
  }
  if (!bundleAccess.isTheirs(device, bundle)) throw notFound(name);
  return bundle;
}

/** A range of a pinned bundle that is stored here tells nothing new. */
async function hearName(
  { services: { watchRestores }, charge }: ProtocolKit,
  exchange: Exchange,
  device: DeviceIdentity,
  bundle: Bundle | undefined,
  pinned: string | undefined,
): Promise<void> {
  const named = pinned !== undefined && isSha256(pinned) ? pinned : namedHash(exchange);
  if (bundle === undefined || (named !== null && named !== bundle.sha256)) charge(exchange);
  if (named !== null && named !== bundle?.sha256) await watchRestores.hear(device.id, named);
}

function notFound(name: string): DomainError {
  return DomainError.of('no-bundle-for-device', { name: name.slice(0, 200) });
}

import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { Installation } from '../../../core/installation';
import { isUnsettled, isWritten } from '../../../core/installation-states';
import type { Handler, PathParams } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import { createSendBundle } from '../kernel/send-bundle';
import { transactionIdOf } from '../rauc/device-facts';
import { noteAttempt } from '../rauc/note-attempt';
import type { Exchange } from '../transport/exchange';
import { noAction } from './find-action';
import { lookForServable } from './servable-bundle';

/**
 * Serves the bundle of the latest installation, or a range of it. A range needs no database, only what is in memory. RAUC streams from
 * here too, and describes its device in its first request, as elsewhere.
 */
export function createArtifactHandler(kit: ProtocolKit): Handler {
  const send = createSendBundle(kit);
  return async (exchange, { device, params }) => {
    const bundle = await getBundle(kit, exchange, device, params);
    const transactionId = exchange.method === 'GET' ? transactionIdOf(exchange) : undefined;
    if (transactionId !== undefined) await noteAttempt(kit, exchange, device, bundle, transactionId);
    await send(exchange, device, bundle, { isPinned: true, isConditional: transactionId === undefined });
  };
}

/** @throws DomainError `not-found` if the bundle is not for this device; `forbidden` while the device has to wait */
async function getBundle(
  kit: ProtocolKit,
  exchange: Exchange,
  device: DeviceIdentity,
  { action, file }: PathParams,
): Promise<Bundle> {
  const { bundleAccess, deviceActions } = kit.services;
  const { installation } = await deviceActions.latest(device);
  const bundle = installation === null ? undefined : await lookForServable(kit, installation);
  const isNamed = installation !== null && String(installation.id) === action && bundle?.name === file;
  if (!isNamed || bundle === undefined || !mayRead(installation)) {
    kit.charge(exchange, 'unavailable');
    throw noAction(device, action);
  }
  if (!(await bundleAccess.isAdmitted(device))) throw DomainError.of('device-awaits-admission');
  return bundle;
}

/** A client that is told to stop finishes its download first. */
function mayRead(installation: Installation): boolean {
  return isUnsettled(installation) || isWritten(installation);
}

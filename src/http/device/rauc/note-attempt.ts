import type { Bundle } from '../../../core/bundle';
import type { DeviceIdentity } from '../../../core/device';
import type { ProtocolKit } from '../kernel/protocol';
import type { Exchange } from '../transport/exchange';
import { readContact } from './device-facts';

/**
 * RAUC describes itself only in the first request of an operation; the thousands of ranges that follow say nothing
 * about it, and cost no database access. A HEAD installs nothing.
 */
export async function noteAttempt(
  { services: { bundleAccess, deviceEvents }, charge, now }: ProtocolKit,
  exchange: Exchange,
  device: DeviceIdentity,
  bundle: Bundle,
  transactionId: string | undefined,
): Promise<void> {
  if (exchange.method !== 'GET') return;
  const isNoted =
    transactionId === undefined
      ? await bundleAccess.isKnown(device)
      : await bundleAccess.hasBegun(device, bundle, transactionId);
  if (isNoted) return;
  charge(exchange);
  const contact = readContact(exchange, now());
  await deviceEvents.take(device, { kind: 'began', by: 'request', contact, bundle });
}

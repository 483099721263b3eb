import { actionStateOf } from '../../../core/action-state';
import type { DeviceIdentity } from '../../../core/device';
import type { Reported } from '../../../core/device-event';
import type { PathParams } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import type { Exchange } from '../transport/exchange';
import { sendClosed } from './answers';
import { findAction } from './find-action';

/**
 * Records what a device reports about an action. The device is told if the action has been closed meanwhile, by another of its reports or
 * by a person.
 * @returns whether the report counts
 */
export async function takeReport(
  kit: Pick<ProtocolKit, 'services'>,
  exchange: Exchange,
  { device, params }: { readonly device: DeviceIdentity; readonly params: PathParams },
  event: Reported,
): Promise<boolean> {
  if ((await kit.services.deviceEvents.take(device, event)) !== null) return true;
  const installation = await findAction(kit, device, params);
  if (actionStateOf(installation) !== 'closed') return true;
  sendClosed(exchange, installation);
  return false;
}

import { actionStateOf } from '../../../core/action-state';
import type { DeviceIdentity } from '../../../core/device';
import type { Reported } from '../../../core/device-event';
import { DomainError } from '../../../core/errors';
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
  if ((await kit.services.deviceEvents.take(device, event).catch(askAgain)) !== null) return true;
  const installation = await findAction(kit, device, params);
  if (actionStateOf(installation) !== 'closed') return true;
  sendClosed(exchange, installation);
  return false;
}

/** Clients repeat a report that was refused so, and no other. */
function askAgain(error: unknown): never {
  if (!(error instanceof DomainError) || error.reason?.code !== 'question-is-old') throw error;
  throw error.ofKind('too-many-requests');
}

import type { DeviceIdentity } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { Installation } from '../../../core/installation';
import type { PathParams } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import { parseAction } from './action-state';

/** Finds the installation that an address names. @throws DomainError `not-found`, also if it belongs to another device */
export async function findAction(
  { services: { deviceActions } }: Pick<ProtocolKit, 'services'>,
  device: DeviceIdentity,
  { action }: PathParams,
): Promise<Installation> {
  const id = parseAction(action);
  const found = id === undefined ? undefined : await deviceActions.find(device, id);
  if (found === undefined) throw noAction(device, action);
  return found;
}

export function noAction({ id }: Pick<DeviceIdentity, 'id'>, action = ''): DomainError {
  return DomainError.of('action-unknown', { id, action: action.slice(0, 40) });
}

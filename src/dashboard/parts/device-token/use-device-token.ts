import { may } from '../../api/session';
import type { DeviceTokenStateJson } from '../../../contract/device-token';
import { linkTo } from '../../location';
import { type Data, useData } from '../../use-data';

/** Whose token it is: a device's id, or `null` for the gateway token. */
export type Holder = string | null;

export function tokenPath(holder: Holder): string {
  return holder === null ? '/api/gateway-token' : linkTo('api', 'devices', holder, 'token');
}

/** What is known about a token without its secret; stays empty for viewers who may not see tokens. */
export function useDeviceToken(holder: Holder): Data<DeviceTokenStateJson> {
  return useData<DeviceTokenStateJson>(may('admin') ? `${tokenPath(holder)}/state` : null, {
    isStale: ({ kind }) => kind.startsWith('device-token.'),
  });
}

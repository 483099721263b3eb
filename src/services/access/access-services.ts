import type { MonotonicClock } from '../../ports/clock';
import type { UpTime } from '../clock/up-time';
import type { ServicePorts } from '../service-ports';
import { createDeviceTokens, type DeviceTokens } from './device-tokens';
import { createManageSessions, type ManageSessions } from './manage-sessions';
import { createManageTokens, type ManageTokens } from './manage-tokens';

/** Who may use the server, and how they prove it. */
export interface AccessServices {
  readonly manageTokens: ManageTokens;
  readonly manageSessions: ManageSessions;
  readonly deviceTokens: DeviceTokens;
}

export function createAccessServices(
  { store, sealing, sessionLifetimeMs, randomBytes, now }: ServicePorts,
  upTime: UpTime,
  monotonicMs: MonotonicClock,
): AccessServices {
  const { tokens, sessions, deviceTokens: records } = store;
  return {
    manageTokens: createManageTokens({ tokens, randomBytes, now }),
    deviceTokens: createDeviceTokens({ records, sealing, randomBytes, now, monotonicMs }),
    manageSessions: createManageSessions({
      sessions,
      sessionLifetimeMs,
      randomBytes,
      ageMs: () => upTime.ageMs(),
      now,
    }),
  };
}

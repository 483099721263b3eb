import type { ServicePorts } from '../service-ports';
import type { DeviceTokens } from '../access/device-tokens';
import type { ManageDevices } from '../devices/manage-devices';
import { type HawkbitConfiguration, openHawkbitConfiguration } from './configuration';
import { type CreateTargets, createCreateTargets } from './create-targets';
import { createReplaceToken, type ReplaceToken } from './replace-token';

/** What scripts that were written for hawkBit can do. */
export interface HawkbitServices {
  readonly hawkbitSettings: HawkbitConfiguration;
  readonly createTargets: CreateTargets;
  readonly replaceToken: ReplaceToken;
}

/** Parts that others use too. */
export interface HawkbitParts {
  readonly deviceTokens: DeviceTokens;
  readonly manageDevices: ManageDevices;
}

/** @throws DomainError `unavailable` */
export async function createHawkbitServices(
  { store, now }: ServicePorts,
  { deviceTokens, manageDevices }: HawkbitParts,
): Promise<HawkbitServices> {
  return {
    hawkbitSettings: await openHawkbitConfiguration({
      records: store.hawkbitSettings,
      deviceTokens,
      now,
    }),
    createTargets: createCreateTargets({ manageDevices, deviceTokens }),
    replaceToken: createReplaceToken(deviceTokens),
  };
}

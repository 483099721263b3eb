import { parseDeviceId } from '../../core/device';
import { parseDeviceToken } from '../../core/device-token';
import type { Actor } from '../../core/event';
import type { DeviceTokens } from '../access/device-tokens';
import type { ManageDevices } from '../devices/manage-devices';

export interface NewTarget {
  readonly id: string;
  readonly notes?: string | undefined;
  /** Default: a random one. */
  readonly token?: string | undefined;
}

/**
 * Creates devices, each with a token, as hawkBit does: all of them, or none if one is refused.
 * @throws DomainError `conflict` for a device that exists, `invalid-input`, `storage-full`, `unavailable`
 */
export type CreateTargets = (targets: readonly NewTarget[], actor: Actor) => Promise<void>;

export interface CreateTargetsPorts {
  readonly manageDevices: Pick<ManageDevices, 'create' | 'forget'>;
  readonly deviceTokens: Pick<DeviceTokens, 'create'>;
}

export function createCreateTargets({ manageDevices, deviceTokens }: CreateTargetsPorts): CreateTargets {
  return async (targets, actor) => {
    for (const { id, token } of targets) {
      parseDeviceId(id);
      if (token !== undefined) parseDeviceToken(token);
    }
    const created: string[] = [];
    try {
      for (const { id, notes, token } of targets) {
        await manageDevices.create(id, notes === undefined ? {} : { notes }, actor);
        created.push(id);
        await deviceTokens.create({ kind: 'device', id }, { token }, actor);
      }
    } catch (error) {
      for (const id of created) await manageDevices.forget(id, actor).catch(() => undefined); // the original error is reported instead
      throw error;
    }
  };
}

import type { DeviceIdentity } from '../../core/device';
import type { Installation } from '../../core/installation';
import type { DeviceRecords } from '../../ports/devices';
import type { DeviceUpdates } from '../../ports/device-updates';

/** Installations as protocols see them that give them to devices by their number. */
export interface DeviceActions {
  /** For a recently heard device this reads only memory. */
  latest(identity: Pick<DeviceIdentity, 'id'>): Promise<LatestAction>;
  /** @returns `undefined` for a number that is none of the device's installations, or of one that is forgotten */
  find(identity: Pick<DeviceIdentity, 'id'>, installationId: number): Promise<Installation | undefined>;
}

export interface LatestAction {
  /** `null` when there never was one. */
  readonly installation: Installation | null;
  /** The device tells which version it runs, so that a boot into another one can be seen. */
  readonly tellsVersion: boolean;
}

export interface ActionPorts {
  readonly fleet: Pick<DeviceUpdates, 'lately' | 'find'>;
  readonly devices: Pick<DeviceRecords, 'findInstallation'>;
}

export function createDeviceActions({ fleet, devices }: ActionPorts): DeviceActions {
  const recordOf = async (id: string) => fleet.lately(id) ?? (await fleet.find(id));
  return {
    async latest({ id }) {
      const record = await recordOf(id);
      return {
        installation: record?.installation ?? null,
        tellsVersion: record !== undefined && record.device.facts.systemVersion !== null,
      };
    },

    async find({ id }, installationId) {
      const installation = (await recordOf(id))?.installation ?? null;
      if (installation?.id === installationId) return installation;
      const earlier = await devices.findInstallation(installationId);
      return earlier?.deviceId === id ? earlier : undefined;
    },
  };
}

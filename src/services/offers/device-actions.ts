import type { DeviceIdentity } from '../../core/device';
import type { Installation } from '../../core/installation';
import { isWindowOpen } from '../../core/maintenance-window';
import type { DeviceRecords } from '../../ports/devices';
import type { DeviceUpdates } from '../../ports/device-updates';
import type { Catalog } from '../catalog/catalog';
import type { ExplainOffer } from './explain-offer';

/** Installations, for protocols that identify them to devices by number. */
export interface DeviceActions {
  /** For a recently heard device this reads only memory. */
  latest(identity: Pick<DeviceIdentity, 'id'>): Promise<LatestAction>;
  /** @returns `undefined` if the device has no installation with this number, or it is forgotten */
  find(identity: Pick<DeviceIdentity, 'id'>, installationId: number): Promise<Installation | undefined>;
  /**
   * Whether a device that downloads ahead may install its bundle now. An installation that began while the window was open, or is already
   * writing, may continue.
   * @returns `null` if there is no window to wait for
   */
  windowOf(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    installation: Installation,
  ): Promise<'open' | 'closed' | null>;
}

export interface LatestAction {
  /** `null` if it never had one. */
  readonly installation: Installation | null;
  /** The device reports its version, so that a boot into another one can be seen. */
  readonly tellsVersion: boolean;
}

export interface ActionPorts {
  readonly fleet: Pick<DeviceUpdates, 'recent' | 'find'>;
  readonly devices: Pick<DeviceRecords, 'findInstallation'>;
  readonly catalog: Pick<Catalog, 'releases'>;
  readonly explainOffer: Pick<ExplainOffer, 'preview'>;
}

export function createDeviceActions({ fleet, devices, catalog, explainOffer }: ActionPorts): DeviceActions {
  const recordOf = async (id: string) => fleet.recent(id) ?? (await fleet.find(id));
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

    async windowOf(identity, { releaseId, sha256, startedAt, progressPercent }) {
      if (releaseId === null) return null; // a pinned bundle has no rollout
      const release = catalog.releases().find(({ id }) => id === releaseId);
      const window = release?.rollout.policy.window ?? null;
      if (release !== undefined && window === null) return null;
      const hasBegun = window !== null && startedAt !== null && isWindowOpen(window, startedAt);
      if (hasBegun || progressPercent !== null) return 'open';
      // Decides again for a waiting device: the release may be paused or gone by now, or the device held.
      const offer = await explainOffer.preview(identity, null);
      return offer.kind === 'bundle' && offer.bundle.sha256 === sha256 ? 'open' : 'closed';
    },
  };
}

import { isAssignmentWindowOpen } from '../../core/assignment-window';
import type { DeviceIdentity } from '../../core/device';
import type { Installation } from '../../core/installation';
import { isWindowOpen } from '../../core/maintenance-window';
import { kindAt, type PinKind, termsOf } from '../../core/pin-terms';
import { withoutTerms } from '../../core/protocol';
import type { Clock } from '../../ports/clock';
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
   * How a device should carry out its installation now.
   * @param downloadsAhead it may download before the window of a rollout opens
   */
  orderOf(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    installation: Installation,
    downloadsAhead: boolean,
  ): Promise<Order>;
}

/** What a device is told to do with its bundle. */
export interface Order {
  readonly kind: PinKind;
  /** Whether it may install now; `null` if there is no window to wait for. */
  readonly window: 'open' | 'closed' | null;
}

export interface LatestAction {
  /** `null` if it never had one. */
  readonly installation: Installation | null;
  /** When the device first appeared; `null` for an unknown one. */
  readonly knownSince: Date | null;
  /** Whether the device reports its version, which shows a boot into another one. */
  readonly tellsVersion: boolean;
}

export interface ActionPorts {
  readonly fleet: Pick<DeviceUpdates, 'recent' | 'lookUp' | 'find'>;
  readonly devices: Pick<DeviceRecords, 'findInstallation'>;
  readonly catalog: Pick<Catalog, 'releases'>;
  readonly explainOffer: Pick<ExplainOffer, 'preview'>;
  readonly now: Clock;
}

export function createDeviceActions({
  fleet,
  devices,
  catalog,
  explainOffer,
  now,
}: ActionPorts): DeviceActions {
  const recordOf = async (id: string) => fleet.recent(id) ?? (await fleet.find(id));
  return {
    async latest({ id }) {
      const record = fleet.recent(id) ?? (await fleet.lookUp(id)); // each range of a download asks
      return {
        installation: record?.installation ?? null,
        knownSince: record?.device.createdAt ?? null,
        tellsVersion: record !== undefined && record.device.facts.systemVersion !== null,
      };
    },

    async find({ id }, installationId) {
      const installation = (await recordOf(id))?.installation ?? null;
      if (installation?.id === installationId) return installation;
      const earlier = await devices.findInstallation(installationId);
      return earlier?.deviceId === id ? earlier : undefined;
    },

    async orderOf(identity, installation, downloadsAhead) {
      if (installation.releaseId !== null) {
        const window = downloadsAhead ? await windowOfRelease(identity, installation) : null;
        return { kind: 'forced', window };
      }
      const pin = (await recordOf(identity.id))?.device.pin ?? null;
      const terms = termsOf(pin, installation);
      const { window } = terms;
      const kind = kindAt(terms, now());
      // Nothing may be installed, so nothing is decided again.
      if (kind === 'downloadonly')
        return { kind, window: window === null ? null : stateOf(isAssignmentWindowOpen(window, now())) };
      const mayWait = window !== null || pin?.bundleName !== installation.bundleName;
      if (!mayWait) return { kind, window: null };
      const isWriting = installation.progressPercent !== null;
      return { kind, window: isWriting ? 'open' : await openIfOffered(identity, installation) };
    },
  };

  /** An installation that began while the window was open, or is already writing, may continue. */
  async function windowOfRelease(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    installation: Installation,
  ): Promise<Order['window']> {
    const { releaseId, startedAt, progressPercent } = installation;
    const release = catalog.releases().find(({ id }) => id === releaseId);
    const window = release?.rollout.policy.window ?? null;
    if (release !== undefined && window === null) return null;
    const hasBegun = window !== null && startedAt !== null && isWindowOpen(window, startedAt);
    return hasBegun || progressPercent !== null ? 'open' : openIfOffered(identity, installation);
  }

  /** Decides again for a waiting device: the release may be paused or gone by now, or the device held. */
  async function openIfOffered(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    { sha256 }: Installation,
  ): Promise<'open' | 'closed'> {
    const offer = await explainOffer.preview(identity, null, withoutTerms);
    return stateOf(offer.kind === 'bundle' && offer.bundle.sha256 === sha256);
  }
}

function stateOf(isOpen: boolean): 'open' | 'closed' {
  return isOpen ? 'open' : 'closed';
}

import type { Bundle } from '../../core/bundle';
import type { Admission, DeviceIdentity } from '../../core/device';
import { isOpaque } from '../../core/opaque';
import { isOpen } from '../../core/installation-states';
import type { Catalog } from '../catalog/catalog';
import type { DeviceRecord } from '../../core/device-record';
import type { DeviceUpdates } from '../../ports/device-updates';

/** What a device may read. It is checked for each range, so it needs no database for a recently heard device. */
export interface BundleAccess {
  /** Whether a device may have bundles at all. */
  isAdmitted(identity: DeviceIdentity): Soon<boolean>;
  /** Whether a bundle may be for a device, according to its certificate. */
  isTheirs(identity: DeviceIdentity, bundle: Bundle): boolean;
  /** Whether a device was heard from before. */
  isKnown(identity: DeviceIdentity): Soon<boolean>;
  /** Whether an attempt with this name is under way for a bundle. */
  hasBegun(identity: DeviceIdentity, bundle: Bundle, transactionId: string): Soon<boolean>;
}

/** At once for a recently heard device. */
type Soon<Value> = Value | Promise<Value>;

export interface AccessPorts {
  readonly fleet: Pick<DeviceUpdates, 'recent' | 'lookUp'>;
  readonly catalog: Pick<Catalog, 'releasesOf'>;
  /** Settings of a device at its first contact. */
  readonly newDevices: Admission;
}

export function createBundleAccess({ fleet, catalog, newDevices }: AccessPorts): BundleAccess {
  const isReleased = ({ sha256 }: Bundle, compatible: string) =>
    catalog.releasesOf(compatible).some((release) => release.bundle.sha256 === sha256);
  const find = <Value>(id: string, tell: (record: DeviceRecord | undefined) => Value): Soon<Value> => {
    const known = fleet.recent(id);
    return known === undefined ? fleet.lookUp(id).then(tell) : tell(known);
  };

  return {
    isAdmitted: ({ id }) => find(id, (record) => (record?.device.admission ?? newDevices) === 'admitted'),

    isTheirs({ compatibles }, bundle) {
      if (isOpaque(bundle)) return false; // a device gets it only by assignment, as its action
      if (compatibles.length === 0) return true;
      if (bundle.compatible !== null && compatibles.includes(bundle.compatible)) return true;
      // A bundle of another compatible may have been released by force: then it is for these devices too.
      return compatibles.some((compatible) => isReleased(bundle, compatible));
    },

    isKnown: ({ id }) => find(id, (record) => record !== undefined),

    hasBegun: ({ id }, { sha256 }, transactionId) =>
      find(id, (record) => {
        const installation = record?.installation ?? null;
        if (installation?.transactionId !== transactionId) return false;
        return installation.sha256 === sha256 && isOpen(installation);
      }),
  };
}

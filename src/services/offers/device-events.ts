import type { DeviceIdentity } from '../../core/device';
import type { Asked, Began, Described, DeviceEvent, Read, Reported } from '../../core/device-event';
import type { Installation } from '../../core/installation';
import type { Offer } from '../../core/offer';
import type { DeviceContacts } from './device-contacts';
import type { OfferUpdate } from './offer-update';
import type { RecordProgress } from './record-progress';
import type { RecordReport } from './record-report';

/** Takes events from devices, in any protocol. */
export interface DeviceEvents {
  /** @returns what to tell the device; anything that must not be lost is on disk by then, if possible */
  take(identity: DeviceIdentity, event: Asked): Promise<Offer>;
  /**
   * Resolves when the event is on disk; for the begin of an installation, on disk if possible.
   * @throws DomainError `storage-full`, `unavailable` for what it reports about itself
   */
  take(identity: DeviceIdentity, event: Described | Began): Promise<void>;
  /** Cheap: a range waits for it. */
  take(identity: DeviceIdentity, event: Read): void;
  /**
   * The event is on disk when the promise resolves.
   * @returns the installation concerned; `null` if there is none, or if the one that the event names is closed
   * @throws DomainError `storage-full`, `unavailable`: then the device reports again
   */
  take(identity: DeviceIdentity, event: Reported): Promise<Installation | null>;
}

export interface EventPorts {
  readonly contacts: Pick<DeviceContacts, 'hearOnDisk'>;
  readonly offerUpdate: OfferUpdate;
  readonly recordProgress: RecordProgress;
  readonly recordReport: RecordReport;
}

export function createDeviceEvents({
  contacts,
  offerUpdate,
  recordProgress,
  recordReport,
}: EventPorts): DeviceEvents {
  function take(identity: DeviceIdentity, event: Asked): Promise<Offer>;
  function take(identity: DeviceIdentity, event: Described | Began): Promise<void>;
  function take(identity: DeviceIdentity, event: Read): void;
  function take(identity: DeviceIdentity, event: Reported): Promise<Installation | null>;
  function take(identity: DeviceIdentity, event: DeviceEvent): unknown {
    switch (event.kind) {
      case 'asked':
        return offerUpdate(identity, event);
      case 'described':
        return contacts.hearOnDisk(identity, event.contact, () => undefined);
      case 'began':
        if (event.by === 'request') return recordProgress.begin(identity, event);
        recordProgress.read(identity, event);
        return undefined;
      case 'progressed':
        if (event.by === 'report') return recordReport(identity, event);
        recordProgress.read(identity, event);
        return undefined;
      case 'ended':
      case 'cancel-acknowledged':
        return recordReport(identity, event);
    }
  }
  return { take };
}

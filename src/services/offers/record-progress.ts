import type { Bundle } from '../../core/bundle';
import type { Contact } from '../../core/contact';
import type { DeviceIdentity } from '../../core/device';
import type { Actor } from '../../core/event';
import type { Installation } from '../../core/installation';
import { isFailure, isOpen, isUnsettled } from '../../core/installation-states';
import type { DeviceContacts } from './device-contacts';
import type { Fleet } from '../devices/fleet';
import type { BeginInstallation } from './begin-installation';
import { changed } from '../devices/installation-events';
import type { SilentPollers } from './silent-pollers';
import type { Clock } from '../../ports/clock';

/** Bytes `start` to `end`, both included. */
export interface AskedBytes {
  readonly start: number;
  readonly end: number;
}

/** Follows what devices download. */
export interface RecordProgress {
  /**
   * Whether a device may have bundles at all. Asked for each range: it costs no database work for a device that was
   * heard lately.
   */
  isAdmitted(identity: DeviceIdentity): boolean;
  /** Whether a device was heard before; as cheap as {@link isAdmitted}. */
  isKnown(identity: DeviceIdentity): boolean;
  /** Whether an attempt with this name is under way for a bundle; as cheap as {@link isAdmitted}. */
  hasBegun(identity: DeviceIdentity, bundle: Bundle, transactionId: string): boolean;
  /**
   * A device asks for a bundle, perhaps with RAUC's name for an attempt to install it, which begins then. On disk when it
   * resolves, if it can be.
   */
  begin(identity: DeviceIdentity, bundle: Bundle, contact: Contact): Promise<void>;
  /**
   * A device asks for bytes of a bundle. Seen in memory alone unless it begins the download.
   * @returns whether they are payload
   */
  ask(identity: DeviceIdentity, bundle: Bundle, bytes: AskedBytes): boolean;
  /** Bytes of the payload went out. */
  sent(identity: DeviceIdentity, bundle: Bundle, count: number): void;
  /** All bytes that a device asked for went out. Seen in memory alone. */
  done(identity: DeviceIdentity, bundle: Bundle, bytes: AskedBytes): void;
}

export interface ProgressPorts {
  readonly fleet: Fleet;
  readonly contacts: DeviceContacts;
  readonly beginInstallation: BeginInstallation;
  readonly silentPollers: Pick<SilentPollers, 'begins'>;
  /** What a device is at its first contact. */
  readonly newDevices: 'admitted' | 'waiting';
  readonly now: Clock;
}

export function createRecordProgress({
  fleet,
  contacts,
  beginInstallation,
  silentPollers,
  newDevices,
  now,
}: ProgressPorts): RecordProgress {
  return {
    isAdmitted: ({ id }) => (fleet.find(id)?.device.admission ?? newDevices) === 'admitted',

    isKnown: ({ id }) => fleet.find(id) !== undefined,

    hasBegun({ id }, { sha256 }, transactionId) {
      const installation = fleet.find(id)?.installation ?? null;
      if (installation?.transactionId !== transactionId) return false;
      return installation.sha256 === sha256 && isOpen(installation);
    },

    async begin(identity, bundle, contact) {
      const record = contacts.hear(identity, contact, null);
      const isAttempt =
        contact.transactionId !== null && !record.isAside && record.device.admission === 'admitted';
      if (isAttempt) beginInstallation(record, { bundle, release: null, step: null }, contact);
      await fleet.settle(identity.id);
    },

    ask({ id }, bundle, bytes) {
      if (!isPayload(bundle, bytes)) return false;
      const record = fleet.find(id);
      const installation = record?.installation ?? null;
      if (installation?.sha256 !== bundle.sha256 || !canGoOn(installation)) return true;
      // Ranges do not say which of two boards asks.
      if (record !== undefined && record.device.boards.second !== null) return true;
      const isAnew = silentPollers.begins(id);
      if (installation.startedAt !== null && isOpen(installation) && !isAnew) return true;
      const at = now();
      const begun = {
        state: 'downloading',
        startedAt: installation.startedAt ?? at,
        movedAt: at,
        installedAt: null,
        attempts: Math.max(1, installation.attempts + (isAnew ? 1 : 0)),
        silentPolls: 0,
        isPresumed: false,
        message: null,
      } as const;
      const actor: Actor = { name: `device:${id}`, address: null };
      const after = changed(installation, begun, { at, actor });
      fleet.change(id, { installations: [after.installation], events: after.events });
      return true;
    },

    sent({ id }, bundle, count) {
      const installation = fleet.find(id)?.installation ?? null;
      if (installation?.sha256 !== bundle.sha256 || !isUnsettled(installation)) return;
      // What a poll reads, again and again, is no part of a download.
      if (installation.startedAt !== null) fleet.countBytes(id, count, now());
    },

    done({ id }, bundle, bytes) {
      if (!isSignature(bundle, bytes)) return;
      const installation = fleet.find(id)?.installation ?? null;
      if (installation?.sha256 !== bundle.sha256 || !isUnsettled(installation)) return;
      if (installation.signature === 'unread') fleet.renewed(id, { ...installation, signature: 'read' });
    },
  };
}

/** Also one that was taken for failed because the device was silent. */
function canGoOn(installation: Installation): boolean {
  return isUnsettled(installation) || (installation.isPresumed && isFailure(installation));
}

/** The CMS lies between the payload and the trailer of eight bytes; RAUC asks for all of it at once. */
function isSignature({ sizeBytes, inspection }: Bundle, { start, end }: AskedBytes): boolean {
  return start === inspection.payloadSizeBytes && end >= sizeBytes - 9;
}

/** A poll reads the first bytes and the signature at the end; what lies between is asked for to install. */
function isPayload({ sizeBytes, inspection }: Bundle, { start, end }: AskedBytes): boolean {
  const payloadSizeBytes = inspection.payloadSizeBytes ?? sizeBytes;
  return start < payloadSizeBytes && end - start >= 4;
}

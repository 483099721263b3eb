import type { Bundle } from '../../core/bundle';
import type { DeviceIdentity } from '../../core/device';
import type { Began, Read, ReadPayload, ReadSignature } from '../../core/device-event';
import type { Actor } from '../../core/event';
import type { Installation } from '../../core/installation';
import { isFailure, isOpen, isUnsettled } from '../../core/installation-states';
import type { DeviceContacts } from './device-contacts';
import type { Fleet } from '../devices/fleet';
import type { BeginInstallation } from './begin-installation';
import { changed } from '../devices/installation-events';
import type { SilentPollers } from './silent-pollers';
import type { Clock } from '../../ports/clock';

/** Follows what devices read of bundles. */
export interface RecordProgress {
  /** A device asks for a bundle. An attempt that has a name begins, and is on disk when it resolves, if it can be. */
  begin(identity: DeviceIdentity, began: Began): Promise<void>;
  /** A device reads a bundle: seen in memory alone unless that begins the download. */
  read(identity: DeviceIdentity, read: Read): void;
}

export interface ProgressPorts {
  readonly fleet: Fleet;
  readonly contacts: DeviceContacts;
  readonly beginInstallation: BeginInstallation;
  readonly silentPollers: Pick<SilentPollers, 'begins'>;
  readonly now: Clock;
}

export function createRecordProgress({
  fleet,
  contacts,
  beginInstallation,
  silentPollers,
  now,
}: ProgressPorts): RecordProgress {
  /** The first range of the payload begins the download; all others cost a look. */
  function readsPayload({ id }: DeviceIdentity, { sha256 }: Bundle): void {
    const record = fleet.find(id);
    const installation = record?.installation ?? null;
    if (installation?.sha256 !== sha256 || !canGoOn(installation)) return;
    // Ranges do not say which of two boards asks.
    if (record !== undefined && record.device.boards.second !== null) return;
    const isAnew = silentPollers.begins(id);
    if (installation.startedAt !== null && isOpen(installation) && !isAnew) return;
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
  }

  function hasRead({ id }: DeviceIdentity, read: ReadPayload | ReadSignature): void {
    const installation = fleet.find(id)?.installation ?? null;
    if (installation?.sha256 !== read.bundle.sha256 || !isUnsettled(installation)) return;
    if (read.by === 'payload') {
      // What a poll reads, again and again, is no part of a download.
      if (installation.startedAt !== null) fleet.countBytes(id, read.bytes, now());
    } else if (installation.signature === 'unread') fleet.renewed(id, { ...installation, signature: 'read' });
  }

  return {
    async begin(identity, { bundle, contact }) {
      const record = contacts.hear(identity, contact, null);
      const isAttempt =
        contact.transactionId !== null && !record.isAside && record.device.admission === 'admitted';
      if (isAttempt) beginInstallation(record, { bundle, release: null, step: null }, contact);
      await fleet.settle(identity.id);
    },

    read(identity, read) {
      if (read.kind === 'began') readsPayload(identity, read.bundle);
      else hasRead(identity, read);
    },
  };
}

/** Also one that was taken for failed because the device was silent. */
function canGoOn(installation: Installation): boolean {
  return isUnsettled(installation) || (installation.isPresumed && isFailure(installation));
}

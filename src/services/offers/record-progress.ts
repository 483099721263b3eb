import type { Bundle } from '../../core/bundle';
import type { Device, DeviceIdentity } from '../../core/device';
import type { Began, Read, ReadPayload, ReadSignature } from '../../core/device-event';
import type { Actor } from '../../core/event';
import type { Installation, InstallationChange } from '../../core/installation';
import { DomainError } from '../../core/errors';
import { isOverByPoll } from '../../core/silence';
import { isFailure, isOpen, isUnsettled } from '../../core/installation-states';
import type { DeviceContacts } from './device-contacts';
import type { DecideUpdate } from '../../ports/device-updates';
import type { Fleet } from '../../ports/fleet';
import type { BeginInstallation } from './begin-installation';
import { changed } from '../devices/installation-events';
import type { SilentPollers } from './silent-pollers';
import type { Clock } from '../../ports/clock';
import type { DeviceRecord } from '../../core/device-record';

/** Tracks what devices read of bundles. */
export interface RecordProgress {
  /** A device asks for a bundle. A named attempt begins, and is on disk when the promise resolves, if possible. */
  begin(identity: DeviceIdentity, began: Began): Promise<void>;
  /** A recently heard device reads a bundle. This is kept only in memory unless it begins the download. */
  read(identity: DeviceIdentity, read: Read): void;
}

export interface ProgressPorts {
  readonly fleet: Pick<Fleet, 'recent' | 'update' | 'countBytes'>;
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
  /** Downloads whose begin is being written, by device. */
  const beginnings = new Map<string, Promise<void>>();

  /** No range waits for it. A failed write is retried with the device's next range. */
  async function update(id: string, decide: DecideUpdate<undefined>): Promise<void> {
    await fleet.update(id, decide).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
    });
  }

  /** The first range of the payload begins the download; all others cost a look-up. */
  function readsPayload({ id }: DeviceIdentity, { sha256 }: Bundle): void {
    const known = fleet.recent(id);
    const isNewAttempt = known !== undefined && goesOn(known, sha256) && silentPollers.begins(id);
    if (known === undefined || !beginsDownload(known, sha256, isNewAttempt)) return;
    const at = now();
    const actor: Actor = { name: `device:${id}`, address: null };
    const written = update(id, ({ record }) => {
      const installation = record?.installation ?? null;
      // Another server may have counted it.
      const isUncounted = isNewAttempt && installation?.attempts === known.installation?.attempts;
      if (record === undefined || installation === null || !beginsDownload(record, sha256, isUncounted))
        return { answer: undefined };
      const isAnother = isUncounted || beginsAgain(record.device, installation);
      const after = changed(installation, begunBy(installation, isAnother, at), { at, actor });
      return { answer: undefined, installations: [after.installation], events: after.events };
    });
    beginnings.set(id, written);
    void written.finally(() => {
      if (beginnings.get(id) === written) beginnings.delete(id);
    });
  }

  /** The latest installation of a device, if it is one of this bundle and still open. */
  function installing(id: string, { sha256 }: Bundle): Installation | null {
    const installation = fleet.recent(id)?.installation ?? null;
    return installation?.sha256 === sha256 && isUnsettled(installation) ? installation : null;
  }

  function hasRead({ id }: DeviceIdentity, read: ReadPayload | ReadSignature): void {
    const installation = installing(id, read.bundle);
    if (installation === null) return;
    if (read.by === 'payload') {
      const at = now();
      const count = (begun: Installation | null) => {
        // The bytes that each poll reads again are no part of a download.
        if (begun !== null && begun.startedAt !== null) fleet.countBytes(id, read.bytes, at);
      };
      // A device may read faster than the database keeps its begin.
      const beginning = installation.startedAt === null ? beginnings.get(id) : undefined;
      if (beginning === undefined) count(installation);
      else void beginning.then(() => count(installing(id, read.bundle)));
    } else if (installation.signature === 'unread') {
      void update(id, ({ record }) => {
        const latest = record?.installation ?? null;
        if (latest?.id !== installation.id) return { answer: undefined };
        return { answer: undefined, renewed: { ...latest, signature: 'read' } };
      });
    }
  }

  return {
    async begin(identity, { bundle, contact }) {
      await contacts.hear(identity, contact, null, ({ isDoubtful, device }, draft) => {
        const isAttempt = contact.transactionId !== null && !isDoubtful && device.admission === 'admitted';
        if (isAttempt) beginInstallation(draft, { bundle, release: null, step: null }, contact);
      });
    },

    read(identity, read) {
      if (read.kind === 'began') readsPayload(identity, read.bundle);
      else hasRead(identity, read);
    },
  };
}

/** Whether a device that reads a bundle's payload continues its latest installation. */
function goesOn({ device, installation }: DeviceRecord, sha256: string): boolean {
  if (installation?.sha256 !== sha256 || !canGoOn(installation)) return false;
  // Ranges do not say which of two boards asks.
  return device.boards.second === null;
}

/** Whether that begins a download. @param isNewAttempt it has polled again since the installation began */
function beginsDownload(record: DeviceRecord, sha256: string, isNewAttempt: boolean): boolean {
  const { installation } = record;
  if (installation === null || !goesOn(record, sha256)) return false;
  return installation.startedAt === null || !isOpen(installation) || isNewAttempt;
}

/** Whether a poller that tells too little downloads again what a poll at any server has shown to be over. */
function beginsAgain({ pollerOmits }: Device, installation: Installation): boolean {
  if (pollerOmits === null || pollerOmits.length === 0 || installation.transactionId !== null) return false;
  return installation.startedAt !== null && isOverByPoll(installation);
}

function begunBy({ startedAt, attempts }: Installation, isNewAttempt: boolean, at: Date): InstallationChange {
  return {
    state: 'downloading',
    startedAt: startedAt ?? at,
    movedAt: at,
    installedAt: null,
    attempts: Math.max(1, attempts + (isNewAttempt ? 1 : 0)),
    silentPolls: 0,
    isPresumed: false,
    message: null,
  };
}

/** Includes an installation that counted as failed because the device was silent. */
function canGoOn(installation: Installation): boolean {
  return isUnsettled(installation) || (installation.isPresumed && isFailure(installation));
}

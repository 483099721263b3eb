import type { Bundle } from '../../core/bundle';
import type { Contact } from '../../core/contact';
import type { DeviceRecord } from '../../core/device-record';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import { judgeNext } from '../../core/follow-numbers';
import { isCancelled, isUnsettled } from '../../core/installation-states';
import { circumstance } from '../../core/circumstances/catalogue';
import { isSamePin, type PinTerms } from '../../core/pin-terms';
import type { Clock } from '../../ports/clock';
import type { Fleet } from '../../ports/fleet';
import type { Catalog } from '../catalog/catalog';
import { DeviceDraft } from '../devices/device-draft';
import { changed } from '../devices/installation-events';
import type { ManageDevices } from '../devices/manage-devices';
import { refuseOtherCompatible } from '../devices/plan-decisions';
import type { BeginInstallation } from '../offers/begin-installation';

/** The result of an assignment. */
export interface Assignment {
  readonly installationId: number;
  /** Whether the device had this installation before; it continues or has ended. */
  readonly isOld: boolean;
}

/** Assigns bundles to single devices. */
export interface AssignBundle {
  /**
   * Whether a bundle could be assigned now, without assigning it.
   * @throws DomainError `not-found`; `conflict` for a bundle of another compatible, and while the device installs another one
   */
  check(deviceId: string, bundleName: string, terms?: PinTerms): Promise<void>;
  /**
   * Assigns a bundle to one device: pins the device to it, and begins the installation, which gets its number before the device
   * asks. Earlier failures and cancellations there are cleared. The assignment is on disk when the promise resolves. A kill in
   * between leaves the pin, and the installation begins at the device's next contact.
   * @param terms left out for an assignment that is installed at once
   * @throws DomainError as {@link check}; `bundle-untrusted`, `storage-full`, `unavailable`
   */
  assign(deviceId: string, bundleName: string, actor: Actor, terms?: PinTerms): Promise<Assignment>;
}

export interface AssignPorts {
  readonly catalog: Pick<Catalog, 'get'>;
  readonly fleet: Pick<Fleet, 'get' | 'updateOnDisk'>;
  readonly manageDevices: Pick<ManageDevices, 'pin' | 'unpin' | 'clearFailures'>;
  readonly beginInstallation: BeginInstallation;
  readonly now: Clock;
}

export function createAssignBundle(ports: AssignPorts): AssignBundle {
  const { catalog, fleet, manageDevices, beginInstallation, now } = ports;

  function begin(bundle: Bundle, draft: DeviceDraft, actor: Actor): Assignment {
    const before = draft.record.installation;
    if (before !== null && isHeldUp(draft.record, bundle)) throw busy(before);
    const isSame = before?.bundleName === bundle.name && judgeNext(before, bundle).waits;
    if (before !== null && isSame) return { installationId: before.id, isOld: true };
    const at = now();
    if (before !== null && before.bundleName !== bundle.name && isUnsettled(before)) {
      const message = circumstance('installation-replaced', { bundle: bundle.name });
      const replaced = changed(before, { state: 'withdrawn', message }, { at, actor });
      draft.change(replaced.installation, replaced.events);
    }
    const contact: Contact = {
      at,
      address: actor.address,
      protocol: '',
      facts: {},
      transactionId: null,
    };
    beginInstallation(draft, { bundle, release: null, step: null }, contact, actor);
    const { installation } = draft.record;
    if (installation === null) throw new Error(`no installation of ${bundle.name} began`);
    return { installationId: installation.id, isOld: installation.id === before?.id };
  }

  async function check(deviceId: string, bundle: Bundle, terms?: PinTerms): Promise<DeviceRecord> {
    const record = await fleet.get(deviceId);
    if (isHeldUp(record, bundle) && record.installation !== null) throw busy(record.installation);
    if (terms?.kind === 'downloadonly' && streams(record))
      throw DomainError.of('download-only-streams', { id: deviceId });
    refuseOtherCompatible(bundle, record.device);
    return record;
  }

  async function assign(
    deviceId: string,
    bundleName: string,
    actor: Actor,
    terms?: PinTerms,
  ): Promise<Assignment> {
    const bundle = catalog.get(bundleName);
    const record = await check(deviceId, bundle, terms);
    const { pin } = (await manageDevices.pin(deviceId, bundleName, actor, terms)).device;
    if (isBarred(record, bundle)) await manageDevices.clearFailures(deviceId, actor);
    try {
      return await fleet.updateOnDisk(deviceId, (sight) => {
        if (sight.record === undefined) throw DomainError.of('no-such-device', { id: deviceId });
        const draft = new DeviceDraft(sight);
        const answer = begin(bundle, draft, actor);
        return draft.update(answer);
      });
    } catch (error) {
      // A refused assignment leaves no pin, from which it would begin later. If the disk was full, the pin stays, and it does
      // begin later.
      const isRefused = error instanceof DomainError && error.code === 'conflict';
      if (isRefused && pin !== null) await manageDevices.unpin(deviceId, actor, (one) => isSamePin(one, pin));
      throw error;
    }
  }

  return {
    async check(deviceId, bundleName, terms) {
      await check(deviceId, catalog.get(bundleName), terms);
    },
    assign,
  };
}

/** Whether the device has begun something else, and must first answer about that. */
function isHeldUp({ installation }: DeviceRecord, bundle: Bundle): boolean {
  if (installation?.state === 'cancelling') return true;
  return installation?.sha256 !== bundle.sha256 && judgeNext(installation, bundle).waits;
}

/** Whether the device streams: only then does RAUC name an attempt. */
function streams({ installation }: DeviceRecord): boolean {
  return installation !== null && installation.transactionId !== null;
}

function isBarred({ installation, failures, interruptions }: DeviceRecord, { sha256 }: Bundle): boolean {
  const wasCancelled = installation?.sha256 === sha256 && isCancelled(installation);
  return wasCancelled || failures.has(sha256) || interruptions.has(sha256);
}

function busy({ deviceId, id }: { readonly deviceId: string; readonly id: number }): DomainError {
  return DomainError.of('assigned-while-busy', { id: deviceId, installation: id });
}

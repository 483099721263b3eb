import { isSameBoards } from '../../core/board';
import { bootChange, type Contact } from '../../core/contact';
import { type DeviceFacts, noFacts } from '../../core/device-facts';
import { type Admission, type DeviceIdentity, newDevice } from '../../core/device';
import { type Recognized, recognizeBoard } from '../../core/recognize-board';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Evidence, ProofRules } from '../../core/evidence';
import type { DecideUpdate, DeviceUpdates } from '../../ports/device-updates';
import type { DeviceRecord } from '../../core/device-record';
import { DeviceDraft } from '../devices/device-draft';
import { tellContact, tellFresh, tellSecond } from './contact-lines';
import { judgeInstallation } from './judge-installation';
import { isSameDevice, mergeContact } from './merge-contact';
import type { OldQuestions } from './old-questions';

export interface ContactPorts {
  readonly fleet: Pick<DeviceUpdates, 'update' | 'updateOnDisk'>;
  /** A device's settings at its first contact, unless it was added beforehand. */
  readonly newDevices: Admission;
  readonly proofRules: ProofRules;
  /** What happens to a second board with the certificate of another. */
  readonly secondBoards: SecondBoards;
  /** Refuses what may be out of date; `undefined` where nothing can be. */
  readonly oldQuestions: Pick<OldQuestions, 'arrived'> | undefined;
}

/** A second board with a device's certificate is answered separately, or refused. People are told either way. */
export type SecondBoards = 'answer' | 'refuse';

/** A device that made contact. */
export interface HeardDevice extends DeviceRecord {
  /**
   * Whether this may be a second board with the device's certificate. The answer follows from what it reports, and nothing about
   * it is stored.
   */
  readonly isDoubtful: boolean;
  /** Whether it certainly is a second board. */
  readonly isOther: boolean;
}

/** A device asks for updates. */
export type Poll = Pick<Evidence, 'native'>;

/** What follows from a contact once it is registered. Pure, like the update that it is part of. */
export type FollowUp<Answer> = (heard: HeardDevice, draft: DeviceDraft) => Answer;

/** Registers what devices reveal by asking for something. */
export interface DeviceContacts {
  /**
   * Updates the registry: a device appears at its first contact, and what it runs after a boot proves or disproves its installation. What
   * follows is part of the same update. All of it is on disk when the promise resolves, if possible.
   * @param poll the device asks for updates; `null` if it begins, downloads or reports
   * @throws DomainError `forbidden` for a second board, if so configured; `unavailable` if the contact may be out of date
   */
  hear<Answer>(
    identity: DeviceIdentity,
    contact: Contact,
    poll: Poll | null,
    follow: FollowUp<Answer>,
  ): Promise<Answer>;
  /** Like {@link hear}, but always on disk. @throws DomainError `storage-full`, `unavailable` too */
  hearOnDisk<Answer>(identity: DeviceIdentity, contact: Contact, follow: FollowUp<Answer>): Promise<Answer>;
}

export function createDeviceContacts({
  fleet,
  newDevices,
  proofRules,
  secondBoards,
  oldQuestions,
}: ContactPorts): DeviceContacts {
  return {
    hear: async (identity, contact, poll, follow) => {
      const refuseOld = oldQuestions?.arrived();
      const decide = hearing(identity, contact, poll, follow);
      const decideInTime: typeof decide = (sight) => {
        refuseOld?.();
        return decide(sight);
      };
      return unlessRefused(await fleet.update(identity.id, decideInTime));
    },

    hearOnDisk: async (identity, contact, follow) => {
      const refuseOld = oldQuestions?.arrived();
      const decide = hearing(identity, contact, null, follow);
      let isAwaited = true; // what could not be saved may be decided later, when the fleet knows whether it is out of date
      const decideInTime: typeof decide = (sight) => {
        if (isAwaited) refuseOld?.();
        return decide(sight);
      };
      try {
        return unlessRefused(await fleet.updateOnDisk(identity.id, decideInTime));
      } finally {
        isAwaited = false;
      }
    },
  };

  function hearing<Answer>(
    identity: DeviceIdentity,
    contact: Contact,
    poll: Poll | null,
    follow: FollowUp<Answer>,
  ): DecideUpdate<Outcome<Answer>> {
    return (sight) => {
      const draft = new DeviceDraft(sight);
      const heard = hear(draft, identity, contact, poll);
      // The contact itself is still recorded.
      if (heard.isOther && secondBoards === 'refuse')
        return draft.update({ refusal: refuseSecond(identity) });
      return draft.update({ answer: follow(heard, draft) });
    };
  }

  function hear(
    draft: DeviceDraft,
    identity: DeviceIdentity,
    contact: Contact,
    poll: Poll | null,
  ): HeardDevice {
    const actor: Actor = { name: `device:${identity.id}`, address: contact.address };
    const known = draft.before;
    if (known === undefined) {
      register(draft, identity, contact, actor);
      return own(draft.record);
    }
    const seen = recognizeBoard(known.device, contact, poll !== null || contact.transactionId !== null);
    if (seen.sight === 'other' || seen.sight === 'unclear')
      return hearSecondBoard(draft, contact, seen, actor);
    // An earlier boot says nothing about the present.
    const told = seen.sight === 'late' ? { ...contact, facts: {} } : contact;
    hearOwn(draft, identity, told, { poll, ...seen }, actor);
    return own(draft.record);
  }

  function hearOwn(
    draft: DeviceDraft,
    identity: DeviceIdentity,
    contact: Contact,
    { boards, sight, poll }: Recognized & { readonly poll: Poll | null },
    actor: Actor,
  ): void {
    const known = draft.record;
    const boot =
      sight === 'found' ? 'unknown' : bootChange(known.device.facts, known.device.lastContactAt, contact);
    const seen = { isPoll: poll !== null, native: poll?.native ?? null, boot, boards, sight };
    const judged = judgeInstallation(known.installation, contact, seen, actor, proofRules);
    const device = mergeContact(known.device, identity, contact, judged.boards);
    const cause = { at: contact.at, actor };
    const events = tellContact(known.device, device, boot, cause);
    events.push(...tellSecond(known.device, device, cause));
    if (judged.isFresh) events.push(...tellFresh(device, sight, cause));
    const isNew = events.length > 0 || !isSameDevice(known.device, device);
    const isHint = judged.isHint && !isNew;
    if (isNew || (judged.installation !== null && !isHint)) draft.tell(device, events);
    else draft.see(device);
    if (judged.installation === null) return;
    if (isHint) draft.renew(judged.installation);
    else draft.change(judged.installation, judged.events);
  }

  function hearSecondBoard(
    draft: DeviceDraft,
    contact: Contact,
    { boards, sight }: Recognized,
    actor: Actor,
  ): HeardDevice {
    const known = draft.record;
    const device = { ...known.device, boards };
    if (isSameBoards(known.device.boards, boards)) draft.see(device);
    else draft.tell(device, tellSecond(known.device, device, { at: contact.at, actor }));
    return {
      ...draft.record,
      device: {
        ...device,
        facts: { ...factsOfSecondBoard(known.device.facts), ...contact.facts, attributes: {} },
      },
      installation: null,
      isDoubtful: true,
      isOther: sight === 'other',
    };
  }

  function register(draft: DeviceDraft, identity: DeviceIdentity, contact: Contact, actor: Actor): void {
    const { id } = identity;
    const made = newDevice(id, newDevices, contact.at);
    const { boards } = recognizeBoard(made, contact, true);
    const device = mergeContact(made, identity, contact, boards);
    const code = newDevices === 'waiting' ? 'device-awaits-admission' : 'device-first-contact';
    const reason = saying(code, { device: id });
    const subject = { deviceId: id, compatible: device.facts.compatible };
    draft.register(device, [{ kind: 'device.registered', at: contact.at, actor, reason, subject }]);
  }
}

/** The device itself, and not a second board. Its record comes last, because keys that follow a spread cost V8 a new hidden class. */
function own(record: DeviceRecord): HeardDevice {
  return { isDoubtful: false, isOther: false, ...record };
}

type Outcome<Answer> = { readonly answer: Answer } | { readonly refusal: DomainError };

function unlessRefused<Answer>(outcome: Outcome<Answer>): Answer {
  if ('refusal' in outcome) throw outcome.refusal;
  return outcome.answer;
}

function refuseSecond({ id }: DeviceIdentity): DomainError {
  return DomainError.of('second-board', { id });
}

/** What all boards with one certificate have in common. */
function factsOfSecondBoard({ compatible, variant }: DeviceFacts): DeviceFacts {
  return { ...noFacts, compatible, variant };
}

import { type Boards, describeBoard, isSameBoards } from '../../core/board';
import { freshReason, isJudged, judgeFresh, takeBack } from '../../core/board-evidence';
import { bootChange, type BootChange, type Contact, mergeFacts, slotOf } from '../../core/contact';
import { type DeviceFacts, noFacts } from '../../core/device-facts';
import {
  type Admission,
  certifiedCompatible,
  type Device,
  type DeviceIdentity,
  maxCertificates,
  mayBe,
  newDevice,
} from '../../core/device';
import { type Recognized, recognizeBoard, type Sight } from '../../core/recognize-board';
import { DomainError } from '../../core/errors';
import type { Actor, NewEvent } from '../../core/event';
import type { Installation, InstallationChange } from '../../core/installation';
import type { Evidence, ProofRules } from '../../core/evidence';
import { judgeContact } from '../../core/proof';
import { omittedHeaders } from '../../core/silent-poller';
import type { Fleet } from '../devices/fleet';
import type { DeviceRecord } from '../../ports/devices';
import { type Cause, changed } from '../devices/installation-events';

export interface ContactPorts {
  readonly fleet: Fleet;
  /** What a device is at its first contact, when nobody made it ahead. */
  readonly newDevices: Admission;
  readonly proofRules: ProofRules;
  /** What happens to a second board that uses the certificate of another. */
  readonly secondBoards: SecondBoards;
}

/** A second board that uses a device's certificate is answered for itself, or refused; people are told either way. */
export type SecondBoards = 'answer' | 'refuse';

/** A device that made contact. */
export interface HeardDevice extends DeviceRecord {
  /**
   * It is not the device, or perhaps not, but a second board with its certificate: it is answered as what it tells, and nothing
   * of it is kept.
   */
  readonly isAside: boolean;
}

/** A device asks what there is. */
export type Poll = Pick<Evidence, 'native'>;

/** Takes in what devices tell by asking for something. */
export interface DeviceContacts {
  /**
   * Brings the registry up to date: a device appears at its first contact; what it runs after a boot proves or disproves its
   * installation. Seen in memory at once; wait for the disk with the fleet.
   * @param poll it asks what there is; `null` when it begins, downloads or reports
   * @throws DomainError `forbidden` for a second board, where the configuration says so
   */
  hear(identity: DeviceIdentity, contact: Contact, poll: Poll | null): HeardDevice;
}

/** Custom headers that are kept of one device, over all its contacts. */
export const maxAttributes = 32;

export function createDeviceContacts({
  fleet,
  newDevices,
  proofRules,
  secondBoards,
}: ContactPorts): DeviceContacts {
  return {
    hear(identity, contact, poll) {
      const actor: Actor = { name: `device:${identity.id}`, address: contact.address };
      const known = fleet.findCounted(identity.id);
      if (known === undefined) return { ...register(identity, contact, actor), isAside: false };
      const seen = recognizeBoard(known.device, contact, poll !== null || contact.transactionId !== null);
      if (seen.sight === 'other' || seen.sight === 'unclear') return hearAside(known, contact, seen, actor);
      // An earlier boot tells nothing of today.
      const told = seen.sight === 'late' ? { ...contact, facts: {} } : contact;
      return { ...hearOwn(known, identity, told, { ...seen, poll }, actor), isAside: false };
    },
  };

  function hearOwn(
    known: DeviceRecord,
    identity: DeviceIdentity,
    contact: Contact,
    { boards, sight, poll }: Recognized & { readonly poll: Poll | null },
    actor: Actor,
  ): DeviceRecord {
    const boot =
      sight === 'found' ? 'unknown' : bootChange(known.device.facts, known.device.lastContactAt, contact);
    const asked = { isPoll: poll !== null, native: poll?.native ?? null };
    const judged = judge(known, contact, { ...asked, boot, boards, sight }, actor);
    const device = { ...heard(known.device, identity, contact), boards: judged.boards };
    const events = [
      ...tell(known.device, device, boot, { ...contact, actor }),
      ...tellSecond(known.device, device, { at: contact.at, actor }),
      ...(judged.isFresh ? tellFresh(device, sight, { at: contact.at, actor }) : []),
    ];
    const isNew = events.length > 0 || !isSame(known.device, device);
    if (!isNew && judged.installation === null) return fleet.seen(identity.id, device);
    if (!isNew && judged.isHint && judged.installation !== null) {
      fleet.seen(identity.id, device);
      return fleet.renewed(identity.id, judged.installation);
    }
    return fleet.change(identity.id, {
      device,
      installations: judged.installation === null ? [] : [judged.installation],
      events: [...events, ...judged.events],
    });
  }

  function hearAside(
    known: DeviceRecord,
    contact: Contact,
    { boards, sight }: Recognized,
    actor: Actor,
  ): HeardDevice {
    const { id } = known.device;
    const device = { ...known.device, boards };
    const isNoted = isSameBoards(known.device.boards, boards);
    const events = tellSecond(known.device, device, { at: contact.at, actor });
    const { failures, interruptions } = isNoted
      ? fleet.seen(id, device)
      : fleet.change(id, { device, events });
    if (sight === 'other' && secondBoards === 'refuse')
      throw new DomainError('forbidden', `another board uses the certificate of ${id} already`, {
        remedy: 'Issue this board a certificate under a name of its own.',
      });
    return {
      device: { ...device, facts: { ...asideFacts(known.device.facts), ...contact.facts, attributes: {} } },
      installation: null,
      failures,
      interruptions,
      isAside: true,
    };
  }

  function register(identity: DeviceIdentity, contact: Contact, actor: Actor): DeviceRecord {
    const { id } = identity;
    const made = newDevice(id, newDevices, contact.at);
    const { boards } = recognizeBoard(made, contact, true);
    const device = { ...heard(made, identity, contact), boards };
    const waits = newDevices === 'waiting' ? ', and waits for admission' : '';
    const message = `${id} made its first contact${waits}`;
    const subject = { deviceId: id, compatible: device.facts.compatible };
    return fleet.add(device, [{ kind: 'device.registered', at: contact.at, actor, message, subject }]);
  }

  /** What the contact says about the latest installation, as far as the same board has made it. */
  function judge(
    { installation: latest }: DeviceRecord,
    contact: Contact,
    seen: Recognized & Pick<Evidence, 'isPoll' | 'native' | 'boot'>,
    actor: Actor,
  ): Judged {
    const { boards, sight, ...how } = seen;
    const cause = { at: contact.at, actor };
    const isFreshSight = freshReason(sight) !== undefined;
    const start = { ...boards, freshAt: contact.at };
    if (latest === null)
      return {
        installation: null,
        events: [],
        isFresh: isFreshSight,
        isHint: false,
        boards: isFreshSight ? start : boards,
      };
    const back = sight === 'found' && boards.second !== null ? takeBack(latest, boards.second.other) : null;
    const first = back === null ? undefined : changed(latest, back, cause);
    const installation = first?.installation ?? latest;
    const { bootId = null, systemVersion = null } = contact.facts;
    const slot = slotOf(contact.facts);
    const evidence = { ...how, at: contact.at, transactionId: null, bootId, slot, systemVersion };
    const proof = isJudged(boards, installation) ? judgeContact(installation, evidence, proofRules) : null;
    const { change, isFresh } = isFreshSight
      ? judgeFresh(installation, sight, proof)
      : { change: proof, isFresh: false };
    const last = change === null ? undefined : changed(installation, change, cause);
    return {
      installation: last?.installation ?? first?.installation ?? null,
      events: [...(first?.events ?? []), ...(last?.events ?? [])],
      isFresh,
      isHint: first === undefined && change !== null && isHint(change),
      boards: isFresh ? start : boards,
    };
  }
}

interface Judged {
  /** `null` when it stays as it is. */
  readonly installation: Installation | null;
  readonly events: readonly NewEvent[];
  /** The board starts afresh. */
  readonly isFresh: boolean;
  /** It only helps to judge the next contact. */
  readonly isHint: boolean;
  readonly boards: Boards;
}

/** What is the same of all boards with one certificate. */
function asideFacts({ compatible, variant }: DeviceFacts): DeviceFacts {
  return { ...noFacts, compatible, variant };
}

function tellSecond(before: Device, { id, facts, boards }: Device, cause: Cause): readonly NewEvent[] {
  if (before.boards.second !== null || boards.second === null) return [];
  const { own, other } = boards.second;
  const message = `two boards use the certificate of ${id}: ${describeBoard(own)}; and ${describeBoard(other)}`;
  const subject = { deviceId: id, compatible: facts.compatible };
  return [{ kind: 'device.second-board', ...cause, subject, message }];
}

function tellFresh({ id, facts }: Device, sight: Sight, cause: Cause): readonly NewEvent[] {
  const message = `${id} starts afresh: ${freshReason(sight) ?? 'another board'}`;
  const subject = { deviceId: id, compatible: facts.compatible };
  return [{ kind: 'device.started-afresh', ...cause, subject, message }];
}

/** What only helps to judge the next contact is nothing that a poll waits for. */
function isHint(change: InstallationChange): boolean {
  return Object.keys(change).every((key) => key === 'silentPolls' || key === 'signature');
}

function heard(device: Device, identity: DeviceIdentity, contact: Contact): Device {
  const { at, address, protocol } = contact;
  const { compatibles: bound } = identity;
  const claimed = contact.facts.compatible ?? device.claimedCompatible;
  const compatible = certifiedCompatible(bound, contact.facts.compatible ?? null, device.facts.compatible);
  const facts = { ...mergeFacts(device.facts, contact.facts), compatible };
  return {
    ...device,
    firstContactAt: device.firstContactAt ?? at,
    lastContactAt: at,
    address,
    protocol,
    facts: { ...facts, attributes: bounded(device.facts.attributes, facts.attributes) },
    boundCompatibles: bound,
    claimedCompatible: claimed === null || mayBe(claimed, bound) ? null : claimed,
    pollerOmits: contact.isPoller === true ? omittedHeaders(contact.facts) : device.pollerOmits,
    certificates: withCertificate(device, identity.certificateSerial, at),
  };
}

/** New attributes are taken while there is room: a device can't fill the disk with names. */
function bounded(
  known: DeviceFacts['attributes'],
  merged: DeviceFacts['attributes'],
): DeviceFacts['attributes'] {
  const names = Object.keys(merged);
  if (names.length <= maxAttributes) return merged;
  const kept = [...Object.keys(known), ...names.filter((name) => !(name in known))].slice(0, maxAttributes);
  return Object.fromEntries(kept.map((name) => [name, merged[name] ?? '']));
}

function withCertificate(device: Device, serial: string, at: Date): Device['certificates'] {
  const seen = device.certificates.find((certificate) => certificate.serial === serial);
  if (seen !== undefined) {
    return device.certificates.map((one) => (one === seen ? { ...seen, lastSeenAt: at } : one));
  }
  return [...device.certificates, { serial, firstSeenAt: at, lastSeenAt: at }].slice(-maxCertificates);
}

function tell(
  before: Device,
  after: Device,
  boot: BootChange,
  { at, actor }: { readonly at: Date; readonly actor: Actor },
): NewEvent[] {
  const events: NewEvent[] = [];
  const { id } = after;
  const say = (event: Pick<NewEvent, 'kind' | 'message' | 'before' | 'after'>) => {
    events.push({ ...event, at, actor, subject: { deviceId: id, compatible: after.facts.compatible } });
  };
  const serial = after.certificates.find(
    (one) => !before.certificates.some((known) => known.serial === one.serial),
  )?.serial;
  if (serial !== undefined && before.firstContactAt !== null) {
    say({ kind: 'device.certificate-seen', message: `${id} has another certificate`, after: { serial } });
  }
  if (before.firstContactAt === null)
    say({ kind: 'device.registered', message: `${id} made its first contact` });
  if (boot === 'new') {
    say({
      kind: 'device.booted',
      message: `${id} has booted`,
      before: { boot_id: before.facts.bootId },
      after: { boot_id: after.facts.bootId },
    });
  }
  const [from, to] = [before.facts.systemVersion, after.facts.systemVersion];
  if (from !== to && to !== null) {
    say({
      kind: 'device.version-changed',
      message: from === null ? `${id} runs ${to}` : `${id} runs ${to}, and ran ${from} before`,
      before: { system_version: from },
      after: { system_version: to },
    });
  }
  return events;
}

/** Whether two looks at a device tell the same facts; the uptime always grows. */
function isSame(before: Device, after: Device): boolean {
  if (!isSameBoards(before.boards, after.boards)) return false;
  if (before.certificates.length !== after.certificates.length) return false;
  if (before.claimedCompatible !== after.claimedCompatible) return false;
  if (before.pollerOmits?.join() !== after.pollerOmits?.join()) return false;
  if (before.boundCompatibles.join('\n') !== after.boundCompatibles.join('\n')) return false;
  const keys = ['compatible', 'variant', 'serial', 'machineId', 'bootId', 'systemVersion'] as const;
  if (!keys.every((key) => before.facts[key] === after.facts[key])) return false;
  const [known, told] = [before.facts.attributes, after.facts.attributes];
  const names = Object.keys(told);
  return names.length === Object.keys(known).length && names.every((name) => known[name] === told[name]);
}

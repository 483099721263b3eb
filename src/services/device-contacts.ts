import { bootChange, type BootChange, type Contact, mergeFacts, slotOf } from '../core/contact';
import {
  type Admission,
  type Device,
  type DeviceFacts,
  type DeviceIdentity,
  newDevice,
} from '../core/device';
import type { Actor, NewEvent } from '../core/event';
import { type Evidence, judgeContact, type ProofRules } from '../core/proof';
import type { Fleet } from './fleet';
import type { DeviceRecord } from './fleet-records';
import { changed } from './installation-events';

export interface ContactPorts {
  readonly fleet: Fleet;
  /** What a device is at its first contact, when nobody made it ahead. */
  readonly newDevices: Admission;
  readonly proofRules: ProofRules;
}

/** A device asks what there is. */
export type Poll = Pick<Evidence, 'native'>;

/** Takes in what devices tell by asking for something. */
export interface DeviceContacts {
  /**
   * Brings the registry up to date: a device appears at its first contact; what it runs after a boot proves or disproves its
   * installation. Seen in memory at once; wait for the disk with the fleet.
   * @param poll it asks what there is; `null` when it begins, downloads or reports
   */
  hear(identity: DeviceIdentity, contact: Contact, poll: Poll | null): DeviceRecord;
}

/** Custom headers that are kept of one device, over all its contacts. */
export const maxAttributes = 32;

export function createDeviceContacts({ fleet, newDevices, proofRules }: ContactPorts): DeviceContacts {
  return {
    hear(identity, contact, poll) {
      const actor: Actor = { name: `device:${identity.id}`, address: contact.address };
      const known = fleet.findCounted(identity.id);
      if (known === undefined) return register(identity, contact, actor);
      const boot = bootChange(known.device.facts, known.device.lastContactAt, contact);
      const device = heard(known.device, identity, contact);
      const events = tell(known.device, device, boot, { ...contact, actor });
      const proof = prove(
        known,
        contact,
        { isPoll: poll !== null, native: poll?.native ?? null, boot },
        actor,
      );
      const isNew = events.length > 0 || !isSame(known.device, device);
      if (!isNew && proof === undefined) return fleet.seen(identity.id, device);
      if (!isNew && proof?.isNoted === false) {
        fleet.seen(identity.id, device);
        return fleet.renewed(identity.id, proof.installation);
      }
      return fleet.change(identity.id, {
        device,
        installations: proof === undefined ? [] : [proof.installation],
        events: [...events, ...(proof?.events ?? [])],
      });
    },
  };

  function register(identity: DeviceIdentity, contact: Contact, actor: Actor): DeviceRecord {
    const { id } = identity;
    const device = heard(newDevice(id, newDevices, contact.at), identity, contact);
    const waits = newDevices === 'waiting' ? ', and waits for admission' : '';
    const message = `${id} made its first contact${waits}`;
    const subject = { deviceId: id, compatible: device.facts.compatible };
    return fleet.add(device, [{ kind: 'device.registered', at: contact.at, actor, message, subject }]);
  }

  function prove(
    known: DeviceRecord,
    contact: Contact,
    seen: Pick<Evidence, 'isPoll' | 'native' | 'boot'>,
    actor: Actor,
  ) {
    const { installation } = known;
    if (installation === null) return undefined;
    const { bootId = null, systemVersion = null } = contact.facts;
    const slot = slotOf(contact.facts);
    const evidence = { ...seen, at: contact.at, transactionId: null, bootId, slot, systemVersion };
    const change = judgeContact(installation, evidence, proofRules);
    if (change === null) return undefined;
    const after = changed(installation, change, { at: contact.at, actor });
    // What only helps to judge the next contact is nothing that a poll waits for.
    const isNoted = !Object.keys(change).every((key) => key === 'silentPolls' || key === 'signature');
    return { ...after, isNoted };
  }
}

function heard(device: Device, identity: DeviceIdentity, contact: Contact): Device {
  const { at, address, protocol } = contact;
  const facts = mergeFacts(device.facts, contact.facts);
  return {
    ...device,
    firstContactAt: device.firstContactAt ?? at,
    lastContactAt: at,
    address,
    protocol,
    facts: { ...facts, attributes: bounded(device.facts.attributes, facts.attributes) },
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

/** The certificates that a device used last; older ones make room. */
const maxCertificates = 16;

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
  if (before.certificates.length !== after.certificates.length) return false;
  const keys = ['compatible', 'variant', 'serial', 'machineId', 'bootId', 'systemVersion'] as const;
  if (!keys.every((key) => before.facts[key] === after.facts[key])) return false;
  const [known, told] = [before.facts.attributes, after.facts.attributes];
  const names = Object.keys(told);
  return names.length === Object.keys(known).length && names.every((name) => known[name] === told[name]);
}

import { isSameBoards } from '../../core/board';
import { type Contact, mergeFacts } from '../../core/contact';
import {
  certifiedCompatible,
  type Device,
  type DeviceIdentity,
  maxCertificates,
  mayBe,
} from '../../core/device';
import type { DeviceFacts } from '../../core/device-facts';
import { omittedHeaders } from '../../core/silent-poller';

/** How many attributes are kept for one device, over all its contacts. */
export const maxAttributes = 100;
/** Limit for their names and values together, in characters. */
const maxAttributesLength = 24 << 10;

/** The device after a contact. @param boards what is then known about its boards */
export function mergeContact(
  device: Device,
  identity: DeviceIdentity,
  contact: Contact,
  boards: Device['boards'],
): Device {
  const { at, address, protocol } = contact;
  const { compatibles: bound } = identity;
  const claimed = contact.facts.compatible ?? device.claimedCompatible;
  const compatible = certifiedCompatible(bound, contact.facts.compatible ?? null, device.facts.compatible);
  const facts = mergeFacts(device.facts, contact.facts, contact.attributes);
  return {
    ...device,
    firstContactAt: device.firstContactAt ?? at,
    lastContactAt: at,
    address,
    protocol,
    facts: { ...facts, compatible, attributes: bounded(device.facts.attributes, facts.attributes) },
    boards,
    boundCompatibles: bound,
    claimedCompatible: claimed === null || mayBe(claimed, bound) ? null : claimed,
    pollerOmits: contact.isPoller === true ? omittedHeaders(contact.facts) : device.pollerOmits,
    certificates: withCertificate(device, identity.certificateSerial, at),
  };
}

/** Keeps new attributes while there is room, so that a device cannot fill the disk with them. */
function bounded(
  known: DeviceFacts['attributes'],
  merged: DeviceFacts['attributes'],
): DeviceFacts['attributes'] {
  if (merged === known) return merged;
  const names = Object.keys(merged);
  const kept: [string, string][] = [];
  let length = 0;
  for (const name of [
    ...names.filter((one) => Object.hasOwn(known, one)),
    ...names.filter((one) => !Object.hasOwn(known, one)),
  ]) {
    const value = merged[name] ?? '';
    length += name.length + value.length;
    if (kept.length === maxAttributes || length > maxAttributesLength) break;
    kept.push([name, value]);
  }
  return kept.length === names.length ? merged : Object.fromEntries(kept);
}

function withCertificate(device: Device, serial: string | null, at: Date): Device['certificates'] {
  if (serial === null) return device.certificates;
  const seen = device.certificates.find((certificate) => certificate.serial === serial);
  if (seen !== undefined) {
    return device.certificates.map((one) => (one === seen ? { ...seen, lastSeenAt: at } : one));
  }
  return [...device.certificates, { serial, firstSeenAt: at, lastSeenAt: at }].slice(-maxCertificates);
}

/** Whether two contacts of a device report the same facts, apart from the uptime, which always grows. */
export function isSameDevice(before: Device, after: Device): boolean {
  if (!isSameBoards(before.boards, after.boards)) return false;
  if (before.certificates.length !== after.certificates.length) return false;
  if (before.claimedCompatible !== after.claimedCompatible) return false;
  if (before.pollerOmits?.join() !== after.pollerOmits?.join()) return false;
  if (!isSameList(before.boundCompatibles, after.boundCompatibles)) return false;
  const keys = ['compatible', 'variant', 'serial', 'machineId', 'bootId', 'systemVersion'] as const;
  if (!keys.every((key) => before.facts[key] === after.facts[key])) return false;
  const [known, told] = [before.facts.attributes, after.facts.attributes];
  if (known === told) return true;
  const names = Object.keys(told);
  return names.length === Object.keys(known).length && names.every((name) => known[name] === told[name]);
}

function isSameList(before: readonly string[], after: readonly string[]): boolean {
  if (before === after) return true;
  return before.length === after.length && before.every((one, index) => one === after[index]);
}

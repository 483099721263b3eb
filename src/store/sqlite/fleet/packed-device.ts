import type { Boards, SecondBoard, SeenBoot } from '../../../core/board';
import type { Device, Hold, Pin, SeenCertificate } from '../../../core/device';
import type { DeviceFacts } from '../../../core/device-facts';
import type { PinTerms } from '../../../core/pin-terms';
import { type Packed, packDate, packWhy, unpackDate, unpackWhy } from './packed-values';

/** The device's values in the order of its fields. */
export function packDevice(device: Device) {
  return [
    device.createdAt.getTime(),
    packDate(device.firstContactAt),
    packDate(device.lastContactAt),
    device.address,
    device.protocol,
    packFacts(device.facts),
    device.channel,
    device.labels,
    device.notes,
    device.admission,
    device.hold === null ? null : packHold(device.hold),
    device.pin === null ? null : packPin(device.pin),
    device.certificates.map(packCertificate),
    packBoards(device.boards),
    device.boundCompatibles,
    device.claimedCompatible,
    device.pollerOmits,
  ] as const;
}

export function unpackDevice(id: string, values: Packed<typeof packDevice>): Device {
  const [
    createdAt,
    firstContactAt,
    lastContactAt,
    address,
    protocol,
    facts,
    channel,
    labels,
    notes,
    admission,
    hold,
    pin,
    certificates,
    boards,
    boundCompatibles,
    claimedCompatible,
    pollerOmits,
  ] = values;
  return {
    id,
    createdAt: new Date(createdAt),
    firstContactAt: unpackDate(firstContactAt),
    lastContactAt: unpackDate(lastContactAt),
    address,
    protocol,
    facts: unpackFacts(facts),
    channel,
    labels,
    notes,
    admission,
    hold: hold === null ? null : unpackHold(hold),
    pin: pin === null ? null : unpackPin(pin),
    certificates: certificates.map(unpackCertificate),
    boards: unpackBoards(boards),
    boundCompatibles,
    claimedCompatible,
    pollerOmits,
  };
}

function packFacts(facts: DeviceFacts) {
  return [
    facts.compatible,
    facts.variant,
    facts.serial,
    facts.machineId,
    facts.bootId,
    facts.systemVersion,
    facts.uptimeSeconds,
    facts.attributes,
  ] as const;
}

function unpackFacts(values: Packed<typeof packFacts>): DeviceFacts {
  const [compatible, variant, serial, machineId, bootId, systemVersion, uptimeSeconds, attributes] = values;
  return { compatible, variant, serial, machineId, bootId, systemVersion, uptimeSeconds, attributes };
}

function packHold({ reason, by, at }: Hold) {
  return [packWhy(reason), by, at.getTime()] as const;
}

function unpackHold([reason, by, at]: Packed<typeof packHold>): Hold {
  return { reason: unpackWhy(reason) ?? '', by, at: new Date(at) };
}

function packPin({ bundleName, by, at, terms }: Pin) {
  return [bundleName, by, at.getTime(), terms === undefined ? null : packTerms(terms)] as const;
}

function packTerms({ kind, window, forcedAt }: PinTerms) {
  return [
    kind,
    window === null ? null : ([window.schedule, window.duration, window.timezone] as const),
    packDate(forcedAt ?? null),
  ] as const;
}

function unpackTerms([kind, window, forcedAtMs]: Packed<typeof packTerms>): PinTerms {
  const forced = forcedAtMs === null ? {} : { forcedAt: new Date(forcedAtMs) };
  if (window === null) return { kind, window, ...forced };
  const [schedule, duration, timezone] = window;
  return { kind, window: { schedule, duration, timezone }, ...forced };
}

function unpackPin([bundleName, by, at, terms]: Packed<typeof packPin>): Pin {
  return { bundleName, by, at: new Date(at), ...(terms === null ? {} : { terms: unpackTerms(terms) }) };
}

function packCertificate({ serial, firstSeenAt, lastSeenAt }: SeenCertificate) {
  return [serial, firstSeenAt.getTime(), lastSeenAt.getTime()] as const;
}

function unpackCertificate(values: Packed<typeof packCertificate>): SeenCertificate {
  const [serial, firstSeenAt, lastSeenAt] = values;
  return { serial, firstSeenAt: new Date(firstSeenAt), lastSeenAt: new Date(lastSeenAt) };
}

function packBoards({ boots, second, freshAt }: Boards) {
  return [boots.map(packBoot), second === null ? null : packSecond(second), packDate(freshAt)] as const;
}

function unpackBoards([boots, second, freshAt]: Packed<typeof packBoards>): Boards {
  return {
    boots: boots.map(unpackBoot),
    second: second === null ? null : unpackSecond(second),
    freshAt: unpackDate(freshAt),
  };
}

function packSecond({ foundAt, notedAt, own, other, unclear }: SecondBoard) {
  const third = unclear === null ? null : packBoot(unclear);
  return [foundAt.getTime(), notedAt.getTime(), packBoot(own), packBoot(other), third] as const;
}

function unpackSecond([foundAt, notedAt, own, other, unclear]: Packed<typeof packSecond>): SecondBoard {
  return {
    foundAt: new Date(foundAt),
    notedAt: new Date(notedAt),
    own: unpackBoot(own),
    other: unpackBoot(other),
    unclear: unclear === null ? null : unpackBoot(unclear),
  };
}

function packBoot(boot: SeenBoot) {
  return [
    boot.bootId,
    boot.serial,
    boot.machineId,
    boot.systemVersion,
    boot.address,
    boot.firstSeenAt.getTime(),
    boot.lastSeenAt.getTime(),
  ] as const;
}

function unpackBoot(values: Packed<typeof packBoot>): SeenBoot {
  const [bootId, serial, machineId, systemVersion, address, firstSeenAt, lastSeenAt] = values;
  return {
    bootId,
    serial,
    machineId,
    systemVersion,
    address,
    firstSeenAt: new Date(firstSeenAt),
    lastSeenAt: new Date(lastSeenAt),
  };
}

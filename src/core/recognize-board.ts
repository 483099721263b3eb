import { boardGoneAfterMs, type Boards, maxBoots, type SecondBoard, type SeenBoot } from './board';
import type { Contact } from './contact';
import type { DeviceFacts } from './device-facts';

/** The attribute with which a board says that it was newly flashed: `RAUC_HTTP_PROVISIONED` from the system-info handler. */
export const provisionedAttribute = 'provisioned';

/**
 * Where a contact comes from:
 * - `own`: the device
 * - `late`: a report from an earlier boot of the device, which says nothing about now
 * - `other`, `unclear`: the second board, certainly or perhaps
 * - `found`: the device; it shows that the previous boot was the second board's
 * - `replaced`: perhaps a different board, because the serial is different
 * - `reflashed`: perhaps a newly flashed board, because the machine-id changed for the first time
 * - `provisioned`: a board that says it is newly flashed
 */
export type Sight = 'own' | 'late' | 'other' | 'unclear' | 'found' | 'replaced' | 'reflashed' | 'provisioned';

/** What is known about the device from earlier contacts. */
export interface KnownBoards {
  readonly boards: Boards;
  readonly facts: DeviceFacts;
  /** Where the last contact came from. */
  readonly address: string | null;
  readonly firstContactAt: Date | null;
  readonly lastContactAt: Date | null;
}

export interface Recognized {
  readonly boards: Boards;
  readonly sight: Sight;
}

/** Two boards that ask in turn must not cause a write with each poll. */
const noteEveryMs = 3_600_000;

/**
 * Tells which board makes a contact. Pure.
 * @param isQuestion whether it asks for an update; a report may be late, from an earlier boot
 */
export function recognizeBoard(device: KnownBoards, contact: Contact, isQuestion: boolean): Recognized {
  const now = seenBoot(contact);
  const { boards } = device;
  if (boards.second !== null) {
    const { own, other } = boards.second;
    const isGone = [own, other].some(({ lastSeenAt }) => msBetween(lastSeenAt, now) > boardGoneAfterMs);
    if (!isGone) return amongTwo(boards, boards.second, now);
    const { sight } = amongTwo(boards, boards.second, now);
    const left = { ...boards, second: null, boots: [sight === 'own' ? updated(own, now) : now] };
    return { boards: left, sight: sight === 'own' ? 'own' : 'replaced' };
  }
  if (now.bootId === null && now.serial === null && now.machineId === null) return { boards, sight: 'own' };
  const known = boards.boots.length > 0 ? boards.boots : bootsOf(device);
  const last = known.at(-1);
  if (last === undefined) return { boards: { ...boards, boots: [now] }, sight: 'own' };
  const returned = now.bootId === null ? undefined : known.find(({ bootId }) => bootId === now.bootId);
  if (returned !== undefined && returned !== last) {
    if (!isQuestion) return { boards, sight: 'late' };
    return { boards: withSecond(boards, updated(returned, now), last, now.lastSeenAt), sight: 'found' };
  }
  if (!isQuestion) return { boards, sight: 'own' };
  const boots = isSameBoot(last, now)
    ? [...known.slice(0, -1), updated(last, now)]
    : [...known, now].slice(-maxBoots);
  const after = { ...boards, boots };
  if (isOther(last.serial, now.serial)) return ofOtherSerial(after, known, last, now);
  const told = contact.facts.attributes?.[provisionedAttribute] ?? null;
  if (isOther(device.facts.attributes[provisionedAttribute] ?? null, told))
    return { boards: after, sight: 'provisioned' };
  return { boards: after, sight: isReflashed(known, last, now) ? 'reflashed' : 'own' };
}

/** Two alternating serials are two boards, unless each is one slot's spelling of the same serial. */
function ofOtherSerial(
  boards: Boards,
  known: readonly SeenBoot[],
  last: SeenBoot,
  now: SeenBoot,
): Recognized {
  const before = known.findLast(({ serial }) => serial === now.serial);
  const isBoot = now.bootId !== null || isOther(last.systemVersion, now.systemVersion);
  if (before === undefined) return { boards, sight: 'replaced' };
  if (!isBoot)
    return { boards: withSecond(boards, updated(before, now), last, now.lastSeenAt), sight: 'found' };
  const isInTurn = known.findIndex(({ serial }) => serial === last.serial) < known.lastIndexOf(before);
  if (!isInTurn) return { boards, sight: 'replaced' };
  return { boards: withSecond(boards, last, updated(before, now), now.lastSeenAt), sight: 'other' };
}

/** A machine-id that has changed before changes without reflashing: with each boot, or with the slot. */
function isReflashed(known: readonly SeenBoot[], last: SeenBoot, now: SeenBoot): boolean {
  if (now.serial === null || last.serial === null || now.machineId === null) return false;
  if (now.bootId !== null && now.bootId === last.bootId) return false;
  const before = new Set(known.flatMap(({ machineId }) => (machineId === null ? [] : [machineId])));
  return before.size === 1 && !before.has(now.machineId);
}

function withSecond(boards: Boards, own: SeenBoot, other: SeenBoot, foundAt: Date): Boards {
  // What the second board started does not count.
  const isOwnStart = boards.freshAt === null || boards.freshAt < other.firstSeenAt;
  const freshAt = isOwnStart ? boards.freshAt : null;
  return { boots: [own], second: { foundAt, notedAt: foundAt, own, other, unclear: null }, freshAt };
}

function amongTwo(boards: Boards, second: SecondBoard, now: SeenBoot): Recognized {
  const { own, other, unclear } = second;
  const whose = ownerOf(second, now);
  const sight = whose === 'own' || whose === 'other' ? whose : 'unclear';
  const change: Partial<SecondBoard> =
    whose === 'own'
      ? {
          own: updated(own, now),
          ...(isReturned(own, now, unclear) ? { other: unclear, unclear: null } : {}),
        }
      : whose === 'other'
        ? {
            other: updated(other, now),
            ...(isReturned(other, now, unclear) ? { own: unclear, unclear: null } : {}),
          }
        : now.bootId === null
          ? {}
          : { unclear: unclear?.bootId === now.bootId ? updated(unclear, now) : now };
  const isDue = msBetween(second.notedAt, now) >= noteEveryMs;
  const changed = { ...second, ...change, notedAt: isDue ? now.lastSeenAt : second.notedAt };
  return { boards: { ...boards, boots: [changed.own], second: changed }, sight };
}

/** Whether a board returned; the unclear boot then belongs to the other one. */
function isReturned(before: SeenBoot, now: SeenBoot, unclear: SeenBoot | null): unclear is SeenBoot {
  return unclear !== null && now.bootId !== null && before.bootId === now.bootId;
}

/** Decides by the most reliable value that both boards report and that differs. */
function ownerOf({ own, other }: SecondBoard, now: SeenBoot): 'own' | 'other' | undefined {
  for (const key of ['bootId', 'serial', 'machineId', 'address'] as const) {
    if (now[key] === null || !isOther(own[key], other[key])) continue;
    if (now[key] === own[key]) return 'own';
    if (now[key] === other[key]) return 'other';
    // A third serial is no more the device's than the second.
    if (key === 'serial') return 'other';
  }
  return undefined;
}

function seenBoot({ at, address, facts }: Contact): SeenBoot {
  const { bootId = null, serial = null, machineId = null, systemVersion = null } = facts;
  return { bootId, serial, machineId, systemVersion, address, firstSeenAt: at, lastSeenAt: at };
}

/** What was known about a device before boots were stored. */
function bootsOf(device: Omit<KnownBoards, 'boards'>): readonly SeenBoot[] {
  const { facts, address, firstContactAt, lastContactAt } = device;
  const { bootId, serial, machineId, systemVersion } = facts;
  if (firstContactAt === null || (bootId === null && serial === null && machineId === null)) return [];
  const at = lastContactAt ?? firstContactAt;
  return [{ bootId, serial, machineId, systemVersion, address, firstSeenAt: at, lastSeenAt: at }];
}

function isSameBoot(last: SeenBoot, now: SeenBoot): boolean {
  if (last.bootId !== null && now.bootId !== null) return last.bootId === now.bootId;
  return !isOther(last.serial, now.serial) && !isOther(last.machineId, now.machineId);
}

function updated(boot: SeenBoot, now: SeenBoot): SeenBoot {
  return {
    bootId: now.bootId ?? boot.bootId,
    serial: now.serial ?? boot.serial,
    machineId: now.machineId ?? boot.machineId,
    systemVersion: now.systemVersion ?? boot.systemVersion,
    address: now.address,
    firstSeenAt: boot.firstSeenAt,
    lastSeenAt: now.lastSeenAt,
  };
}

/** Both are known, and differ. */
function isOther(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function msBetween(before: Date, { lastSeenAt }: SeenBoot): number {
  return lastSeenAt.getTime() - before.getTime();
}

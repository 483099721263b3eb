/**
 * A certificate identifies a device. Which board uses that certificate follows from what else the board reports: a boot id
 * belongs to one boot of one board, a serial to one board, and a machine-id to one installation of a system, or to one slot or
 * boot of it.
 */

/** What one boot of a board reported about itself; `null` for what it omitted. */
export interface SeenBoot {
  readonly bootId: string | null;
  readonly serial: string | null;
  readonly machineId: string | null;
  readonly systemVersion: string | null;
  readonly address: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Two boards that use the certificate of one device at the same time. */
export interface SecondBoard {
  readonly foundAt: Date;
  /** When this was last written. */
  readonly notedAt: Date;
  /** The board that was here first. It is the device. */
  readonly own: SeenBoot;
  readonly other: SeenBoot;
  /** A boot that cannot be attributed yet. It belongs to the board whose previous boot id does not come back. */
  readonly unclear: SeenBoot | null;
}

/** What we remember of the boards behind one certificate. */
export interface Boards {
  /** The latest boots, the newest last; at most {@link maxBoots}. */
  readonly boots: readonly SeenBoot[];
  /** `null` while only one board has been seen. */
  readonly second: SecondBoard | null;
  /** Since when it is a different or newly flashed board; earlier offers say nothing about it. */
  readonly freshAt: Date | null;
}

export const noBoards: Boards = { boots: [], second: null, freshAt: null };

export const maxBoots = 6;

/** A board not heard from for this long is gone: RAUC's poller asks at least every four days. */
export const boardGoneAfterMs = 7 * 86_400_000;

/** Whether nothing changed that must be saved. Only times and addresses may be lost, for an hour at most. */
export function isSameBoards(before: Boards, after: Boards): boolean {
  if (before === after) return true;
  if (before.freshAt?.getTime() !== after.freshAt?.getTime()) return false;
  if (before.boots.length !== after.boots.length) return false;
  if (!after.boots.every((boot, index) => isSameSeen(before.boots[index], boot))) return false;
  const [was, is] = [before.second, after.second];
  if (was === null || is === null) return was === is;
  return was.notedAt.getTime() === is.notedAt.getTime() && isSameSeen(was.other, is.other);
}

function isSameSeen(before: SeenBoot | undefined, after: SeenBoot): boolean {
  return (
    before?.bootId === after.bootId && before.serial === after.serial && before.machineId === after.machineId
  );
}

/** A board in words: what distinguishes it from the other one. */
export function describeBoard({ serial, bootId, machineId, address }: SeenBoot): string {
  const told = [
    ['serial', serial],
    ['boot id', bootId],
    ['machine-id', machineId],
    ['address', address],
  ] as const;
  return told.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])).join(', ');
}

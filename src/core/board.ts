/**
 * A device is known by its certificate. Which board uses that certificate is read from what it tells beside: a boot id belongs to
 * one boot of one board, a serial to one board, and a machine-id to one installation of a system, or to one slot or boot of it.
 */

/** What one boot of a board told of itself; `null` is what it did not tell. */
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
  /** When what is here was written last. */
  readonly notedAt: Date;
  /** The one that was here first: it is the device. */
  readonly own: SeenBoot;
  readonly other: SeenBoot;
  /** A boot that cannot be told yet: it belongs to the board whose previous boot id does not come back. */
  readonly unclear: SeenBoot | null;
}

/** What is remembered of the boards behind one certificate. */
export interface Boards {
  /** The latest boots, the newest last; at most {@link maxBoots}. */
  readonly boots: readonly SeenBoot[];
  /** `null` as long as one board is all that was seen. */
  readonly second: SecondBoard | null;
  /** Since then it is another board, or flashed anew: what was offered before says nothing about it. */
  readonly freshAt: Date | null;
}

export const noBoards: Boards = { boots: [], second: null, freshAt: null };

export const maxBoots = 6;

/** A board that was not heard for so long has gone: RAUC's poller asks every four days at the least. */
export const boardGoneAfterMs = 7 * 86_400_000;

/** Whether nothing changed that must last: times and addresses alone may be lost, but for an hour at the most. */
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

/** A board in words: what tells it from the other one. */
export function describeBoard({ serial, bootId, machineId, address }: SeenBoot): string {
  const told = [
    ['serial', serial],
    ['boot id', bootId],
    ['machine-id', machineId],
    ['address', address],
  ] as const;
  return told.flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])).join(', ');
}

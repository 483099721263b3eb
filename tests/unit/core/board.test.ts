import { type Boards, describeBoard, isSameBoards, noBoards, type SeenBoot } from '../../../src/core/board';
import { hourMs, madeAt } from '../../support/fleet-factory';

const later = new Date(madeAt.getTime() + hourMs);

const boot: SeenBoot = {
  bootId: 'a',
  serial: 's',
  machineId: 'm',
  systemVersion: '1',
  address: '10.0.0.1',
  firstSeenAt: madeAt,
  lastSeenAt: madeAt,
};
const other = { ...boot, bootId: 'b', serial: 't', machineId: 'n' };
const second = { foundAt: madeAt, notedAt: madeAt, own: boot, other, unclear: null };
const one: Boards = { boots: [boot], second: null, freshAt: madeAt };
const two: Boards = { boots: [boot], second, freshAt: madeAt };

describe('what is remembered of boards', () => {
  it.each<[string, Boards, Boards]>([
    ['nothing came', noBoards, noBoards],
    ['it was read again', one, structuredClone(one)],
    ['two were read again', two, structuredClone(two)],
    [
      'times, addresses and versions are others',
      one,
      { ...one, boots: [{ ...boot, lastSeenAt: later, address: '10.0.0.2', systemVersion: '2' }] },
    ],
    [
      'the second one was heard again',
      two,
      { ...two, second: { ...second, other: { ...other, lastSeenAt: later } } },
    ],
  ])('need not be written when %s', (_what, before, after) => {
    expect(isSameBoards(before, after)).toBe(true);
  });

  it.each<[string, Boards, Boards]>([
    ['it starts afresh', one, { ...one, freshAt: later }],
    ['it started afresh for the first time', { ...one, freshAt: null }, one],
    ['a boot came', one, { ...one, boots: [boot, other] }],
    ['a boot went', { ...one, boots: [boot, other] }, one],
    ['the boot id is another one', one, { ...one, boots: [{ ...boot, bootId: 'b' }] }],
    ['the serial is another one', one, { ...one, boots: [{ ...boot, serial: 't' }] }],
    ['the machine-id is another one', one, { ...one, boots: [{ ...boot, machineId: 'n' }] }],
    [
      'one of several boots is another one',
      { ...one, boots: [boot, other] },
      { ...one, boots: [boot, { ...other, bootId: 'c' }] },
    ],
    ['a second one was found', one, two],
    ['the second one has gone', two, one],
    ['it is time to note the two', two, { ...two, second: { ...second, notedAt: later } }],
    ['the second one booted', two, { ...two, second: { ...second, other: { ...other, bootId: 'c' } } }],
  ])('must be written when %s', (_what, before, after) => {
    expect(isSameBoards(before, after)).toBe(false);
  });
});

describe('a board in words', () => {
  it('is what it told, the surest first', () => {
    expect(describeBoard(boot)).toBe('serial s, boot id a, machine-id m, address 10.0.0.1');
    expect(describeBoard({ ...boot, serial: null, machineId: null })).toBe('boot id a, address 10.0.0.1');
  });
});

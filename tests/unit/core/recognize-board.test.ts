import { type Boards, maxBoots, noBoards, type SeenBoot } from '../../../src/core/board';
import { type Contact, mergeFacts } from '../../../src/core/contact';
import { type DeviceFacts, noFacts } from '../../../src/core/device-facts';
import { type KnownBoards, recognizeBoard, type Sight } from '../../../src/core/recognize-board';
import { hourMs, madeAt } from '../../support/fleet-factory';

type Told = Partial<DeviceFacts> & { readonly address?: string; readonly isReport?: true };

const at = (hours: number) => new Date(madeAt.getTime() + hours * hourMs);

const neverHeard: KnownBoards = {
  boards: noBoards,
  facts: noFacts,
  address: null,
  firstContactAt: null,
  lastContactAt: null,
};

function hear(device: KnownBoards, hours: number, told: Told) {
  const { address = '10.0.0.1', isReport, ...facts } = told;
  const contact: Contact = { at: at(hours), address, protocol: 'h2', transactionId: null, facts };
  const { boards, sight } = recognizeBoard(device, contact, isReport !== true);
  const after: KnownBoards = {
    boards,
    facts: mergeFacts(device.facts, facts),
    address,
    firstContactAt: device.firstContactAt ?? contact.at,
    lastContactAt: contact.at,
  };
  return { sight, after };
}

/** One contact an hour. */
function follow(contacts: readonly Told[], from: KnownBoards = neverHeard) {
  const sights: Sight[] = [];
  let device = from;
  contacts.forEach((told, hours) => {
    const heard = hear(device, hours, told);
    sights.push(heard.sight);
    device = heard.after;
  });
  return { sights, device, boards: device.boards };
}

function seen(change: Partial<SeenBoot>): SeenBoot {
  return {
    bootId: null,
    serial: null,
    machineId: null,
    systemVersion: null,
    address: '10.0.0.1',
    firstSeenAt: at(0),
    lastSeenAt: at(0),
    ...change,
  };
}

describe('one board', () => {
  it('is the device, whatever it tells first', () => {
    expect(follow([{ bootId: 'a', serial: 's', machineId: 'm', systemVersion: '1' }])).toMatchObject({
      sights: ['own'],
      boards: {
        boots: [seen({ bootId: 'a', serial: 's', machineId: 'm', systemVersion: '1' })],
        second: null,
        freshAt: null,
      },
    });
  });

  it('leaves nothing behind when it tells nothing that tells boards apart', () => {
    const { after, sight } = hear(neverHeard, 0, { systemVersion: '1', compatible: 'board' });
    expect(sight).toBe('own');
    expect(after.boards).toBe(noBoards);
  });

  it.each<Told>([{ bootId: 'a' }, { serial: 's' }, { machineId: 'm' }])(
    'is remembered by %j alone',
    (told) => {
      expect(follow([told]).boards.boots).toEqual([seen(told)]);
    },
  );

  it('keeps what one contact of its boot told and the next does not', () => {
    const { boards } = follow([
      { bootId: 'a', serial: 's', machineId: 'm', systemVersion: '1' },
      { bootId: 'a', systemVersion: '2', address: '10.0.0.2' },
      { serial: 's' },
    ]);
    expect(boards.boots).toEqual([
      seen({ bootId: 'a', serial: 's', machineId: 'm', systemVersion: '2', lastSeenAt: at(2) }),
    ]);
  });

  it('boots as often as it likes; its latest boots are remembered', () => {
    const boots = Array.from({ length: maxBoots + 2 }, (_, index) => `boot-${index}`);
    const { sights, boards } = follow(boots.map((bootId) => ({ bootId, serial: 's' })));
    expect(new Set(sights)).toEqual(new Set(['own']));
    expect(boards.boots.map(({ bootId }) => bootId)).toEqual(boots.slice(-maxBoots));
  });

  it('may report late, from an earlier boot, and of a boot that was not heard: reports change nothing', () => {
    const { device } = follow([{ bootId: 'a' }, { bootId: 'b' }]);
    const late = hear(device, 2, { bootId: 'a', isReport: true });
    expect(late).toMatchObject({ sight: 'late' });
    expect(late.after.boards).toBe(device.boards);
    const unheard = hear(device, 2, { bootId: 'c', serial: 'x', isReport: true });
    expect(unheard).toMatchObject({ sight: 'own' });
    expect(unheard.after.boards).toBe(device.boards);
  });

  it('is the one that was known before boots were remembered', () => {
    const known: KnownBoards = {
      ...neverHeard,
      facts: { ...noFacts, serial: 's', machineId: 'm', bootId: 'a', systemVersion: '1' },
      address: '10.0.0.9',
      firstContactAt: at(-9),
      lastContactAt: at(-8),
    };
    const before = { serial: 's', machineId: 'm', bootId: 'a', systemVersion: '1', address: '10.0.0.9' };
    const { after } = hear(known, 0, { bootId: 'b' });
    expect(after.boards.boots[0]).toEqual(seen({ ...before, firstSeenAt: at(-8), lastSeenAt: at(-8) }));
    const heardOnce = hear({ ...known, lastContactAt: null }, 0, { bootId: 'b' });
    expect(heardOnce.after.boards.boots[0]).toMatchObject({ bootId: 'a', lastSeenAt: at(-9) });
    expect(hear({ ...known, firstContactAt: null }, 0, { bootId: 'b' }).after.boards.boots).toHaveLength(1);
    const mute = { ...known, facts: { ...noFacts, systemVersion: '1' } };
    expect(hear(mute, 0, { bootId: 'b' }).after.boards.boots).toHaveLength(1);
  });

  it.each<Partial<DeviceFacts>>([{ bootId: 'a' }, { serial: 's' }, { machineId: 'm' }])(
    'is known by %j alone from before boots were remembered',
    (fact) => {
      const known = { ...neverHeard, facts: { ...noFacts, ...fact }, firstContactAt: at(-1) };
      expect(hear(known, 0, { bootId: 'b', machineId: 'n' }).after.boards.boots[0]).toMatchObject(fact);
    },
  );
});

describe('another board in place of the first', () => {
  it('is seen by its serial', () => {
    expect(follow([{ serial: 's' }, { serial: 't' }]).sights).toEqual(['own', 'replaced']);
    expect(
      follow([
        { serial: 's', bootId: 'a' },
        { serial: 't', bootId: 'b' },
      ]).sights[1],
    ).toBe('replaced');
  });

  it('may be swapped for the first one again, which boots then', () => {
    const swapped = follow([
      { serial: 's', bootId: 'a' },
      { serial: 't', bootId: 'b' },
      { serial: 's', bootId: 'c' },
    ]);
    expect(swapped.sights).toEqual(['own', 'replaced', 'replaced']);
    expect(swapped.boards.second).toBeNull();
  });

  it('is one and the same where each slot writes the serial in its way: the version changes with it', () => {
    const slots = [
      { serial: 's', systemVersion: '1' },
      { serial: 'S', systemVersion: '2' },
      { serial: 's', systemVersion: '1' },
    ];
    expect(follow(slots).sights).toEqual(['own', 'replaced', 'replaced']);
  });
});

describe('a board that was flashed again', () => {
  const first = { serial: 's', machineId: 'm', bootId: 'a' };

  it('has its serial and another machine-id', () => {
    expect(follow([first, { serial: 's', machineId: 'n', bootId: 'b' }]).sights[1]).toBe('reflashed');
    const withoutBoots = [
      { serial: 's', machineId: 'm' },
      { serial: 's', machineId: 'n' },
    ];
    expect(follow(withoutBoots).sights[1]).toBe('reflashed');
  });

  it.each<[string, readonly Told[]]>([
    [
      'nobody knows its serial',
      [
        { machineId: 'm', bootId: 'a' },
        { machineId: 'n', bootId: 'b' },
      ],
    ],
    [
      'it did not tell its serial before',
      [
        { machineId: 'm', bootId: 'a' },
        { ...first, machineId: 'n', bootId: 'b' },
      ],
    ],
    ['it does not tell its serial now', [first, { machineId: 'n', bootId: 'b' }]],
    ['it does not tell its machine-id now', [first, { serial: 's', bootId: 'b' }]],
    [
      'it told none before',
      [
        { serial: 's', bootId: 'a' },
        { ...first, bootId: 'b' },
      ],
    ],
    ['it has not booted', [first, { ...first, machineId: 'n' }]],
    ['its machine-id is the same', [first, { ...first, bootId: 'b' }]],
  ])('is not seen where %s', (_why, contacts) => {
    expect(follow(contacts).sights.at(-1)).toBe('own');
  });

  it('is not seen where the machine-id changes by itself', () => {
    const { sights } = follow([
      first,
      { serial: 's', machineId: 'n', bootId: 'b' },
      { serial: 's', machineId: 'o', bootId: 'c' },
    ]);
    expect(sights).toEqual(['own', 'reflashed', 'own']);
  });

  it('says so, when its word for it changes', () => {
    const provisioned = (value: string, bootId: string) => ({ bootId, attributes: { provisioned: value } });
    expect(follow([provisioned('1', 'a'), provisioned('2', 'b')]).sights).toEqual(['own', 'provisioned']);
    expect(follow([provisioned('1', 'a'), provisioned('1', 'b')]).sights).toEqual(['own', 'own']);
    expect(follow([{ bootId: 'a' }, provisioned('1', 'b')]).sights).toEqual(['own', 'own']);
    expect(follow([provisioned('1', 'a'), { bootId: 'b' }]).sights).toEqual(['own', 'own']);
  });
});

describe('a second board', () => {
  it('is found when a boot comes back: the other one was not the device', () => {
    const { sights, boards } = follow([
      { bootId: 'a' },
      { bootId: 'b', address: '10.0.0.2' },
      { bootId: 'a' },
    ]);
    const own = seen({ bootId: 'a', lastSeenAt: at(2) });
    const other = seen({ bootId: 'b', address: '10.0.0.2', firstSeenAt: at(1), lastSeenAt: at(1) });
    expect(sights).toEqual(['own', 'own', 'found']);
    expect(boards).toEqual({
      boots: [own],
      second: { foundAt: at(2), notedAt: at(2), own, other, unclear: null },
      freshAt: null,
    });
  });

  it('is found when a serial comes back without a boot', () => {
    const { sights, boards } = follow([{ serial: 's' }, { serial: 't' }, { serial: 's' }]);
    expect(sights).toEqual(['own', 'replaced', 'found']);
    expect(boards.second).toMatchObject({
      foundAt: at(2),
      own: { serial: 's', firstSeenAt: at(0), lastSeenAt: at(2) },
      other: { serial: 't' },
    });
  });

  it('is the other one when two serials come in turn, each with a boot', () => {
    const { sights, boards } = follow([
      { serial: 's', bootId: 'a' },
      { serial: 't', bootId: 'b' },
      { serial: 's', bootId: 'c' },
      { serial: 't', bootId: 'd' },
    ]);
    expect(sights).toEqual(['own', 'replaced', 'replaced', 'other']);
    expect(boards.second).toMatchObject({
      foundAt: at(3),
      own: { serial: 's', bootId: 'c' },
      other: { serial: 't', bootId: 'd', firstSeenAt: at(1), lastSeenAt: at(3) },
    });
  });

  it('takes away what it began: a fresh start that was its own', () => {
    const { device } = follow([{ bootId: 'a' }, { bootId: 'b' }]);
    const freshAt = (time: Date | null) => {
      const started = { ...device, boards: { ...device.boards, freshAt: time } };
      return hear(started, 2, { bootId: 'a' }).after.boards.freshAt;
    };
    expect(freshAt(null)).toBeNull();
    expect(freshAt(at(0.5))).toEqual(at(0.5));
    expect(freshAt(at(1))).toBeNull();
    expect(freshAt(at(1.5))).toBeNull();
  });
});

describe('of two boards', () => {
  const own = { bootId: 'a', serial: 's', machineId: 'm', address: '10.0.0.1' };
  const other = { bootId: 'b', serial: 't', machineId: 'n', address: '10.0.0.2' };
  /** Found at hour 0. */
  function two(ofOwn: Partial<SeenBoot> = own, ofOther: Partial<SeenBoot> = other): KnownBoards {
    const boards: Boards = {
      boots: [seen(ofOwn)],
      second: { foundAt: at(0), notedAt: at(0), own: seen(ofOwn), other: seen(ofOther), unclear: null },
      freshAt: at(-1),
    };
    return { ...neverHeard, boards, firstContactAt: at(-9), lastContactAt: at(0) };
  }

  it.each<[Sight, Told]>([
    ['own', { bootId: 'a' }],
    ['other', { bootId: 'b' }],
    ['own', { bootId: 'a', serial: 't', machineId: 'n', address: '10.0.0.2' }],
    ['own', { serial: 's', machineId: 'n', address: '10.0.0.2' }],
    ['other', { serial: 't', machineId: 'm' }],
    ['other', { serial: 'third', machineId: 'm' }],
    ['own', { machineId: 'm', address: '10.0.0.2' }],
    ['other', { machineId: 'n' }],
    ['own', { machineId: 'third' }],
    ['own', {}],
    ['other', { address: '10.0.0.2' }],
    ['unclear', { address: '10.0.0.3' }],
    ['own', { bootId: 'c', serial: 's' }],
    ['other', { bootId: 'c', serial: 't' }],
    ['unclear', { bootId: 'c', address: '10.0.0.3' }],
  ])('it is %s that tells %j', (sight, told) => {
    expect(hear(two(), 0.5, told).sight).toBe(sight);
  });

  it('goes by what both told, and by what tells them apart', () => {
    const alike = two({ ...own, serial: 's' }, { ...other, serial: 's', bootId: null });
    expect(hear(alike, 0.5, { bootId: 'a', serial: 's', machineId: 'n' }).sight).toBe('other');
  });

  it('keeps up what is known of the one that came', () => {
    const { boards: mine } = hear(two(), 0.5, { bootId: 'a', systemVersion: '2' }).after;
    expect(mine.second?.own).toEqual(seen({ ...own, systemVersion: '2', lastSeenAt: at(0.5) }));
    expect(mine.second?.other).toEqual(seen(other));
    expect(mine.boots).toEqual([mine.second?.own]);
    expect(mine.freshAt).toEqual(at(-1));
    const { boards: theirs } = hear(two(), 0.5, { bootId: 'b', address: '10.0.0.4' }).after;
    expect(theirs.second?.own).toEqual(seen(own));
    expect(theirs.second?.other).toEqual(seen({ ...other, address: '10.0.0.4', lastSeenAt: at(0.5) }));
    expect(theirs.boots).toEqual([seen(own)]);
  });

  it('is noted once an hour, not with each poll', () => {
    const notedAt = (hours: number) => hear(two(), hours, { bootId: 'a' }).after.boards.second?.notedAt;
    expect(notedAt(0.999)).toEqual(at(0));
    expect(notedAt(1)).toEqual(at(1));
  });

  it('keeps a boot that nobody knows until the other one comes back', () => {
    const unknown = { bootId: 'c', address: '10.0.0.3' };
    const { after } = hear(two(), 0.5, unknown);
    const unclear = seen({ ...unknown, firstSeenAt: at(0.5), lastSeenAt: at(0.5) });
    expect(after.boards.second).toMatchObject({ own, other, unclear });
    const again = hear(after, 0.6, unknown);
    expect(again).toMatchObject({ sight: 'unclear' });
    expect(again.after.boards.second?.unclear).toEqual({ ...unclear, lastSeenAt: at(0.6) });
    const next = hear(after, 0.6, { ...unknown, bootId: 'd' });
    expect(next.after.boards.second?.unclear).toMatchObject({ bootId: 'd', firstSeenAt: at(0.6) });

    const ownIsBack = hear(after, 0.7, { bootId: 'a' });
    expect(ownIsBack).toMatchObject({ sight: 'own' });
    expect(ownIsBack.after.boards.second).toMatchObject({ own, other: unclear, unclear: null });
    const otherIsBack = hear(after, 0.7, { ...other });
    expect(otherIsBack).toMatchObject({ sight: 'other' });
    expect(otherIsBack.after.boards.second).toMatchObject({ own: unclear, other, unclear: null });
    expect(otherIsBack.after.boards.boots).toEqual([unclear]);
  });

  it('keeps the unknown boot as long as it is not its own boot that a board comes back with', () => {
    const { after } = hear(two(), 0.5, { bootId: 'c', address: '10.0.0.3' });
    for (const told of [
      { serial: 's' },
      { bootId: 'e', serial: 's' },
      { serial: 't' },
      { bootId: 'e', serial: 't' },
    ])
      expect(hear(after, 0.6, told).after.boards.second?.unclear).toMatchObject({ bootId: 'c' });
    const nobody = hear(after, 0.6, { address: '10.0.0.3' });
    expect(nobody).toMatchObject({ sight: 'unclear' });
    expect(nobody.after.boards.second?.unclear).toMatchObject({ bootId: 'c', lastSeenAt: at(0.5) });
  });

  it('is alone again when the other one was not heard for more than a week', () => {
    const weekHours = 7 * 24;
    const still = hear(two(), weekHours, { bootId: 'a' });
    expect(still).toMatchObject({ sight: 'own', after: { boards: { second: { own: { bootId: 'a' } } } } });
    const late = weekHours + 0.001;
    const alone = hear(two(), late, { bootId: 'a' });
    expect(alone.sight).toBe('own');
    expect(alone.after.boards).toEqual({
      boots: [seen({ ...own, lastSeenAt: at(late) })],
      second: null,
      freshAt: at(-1),
    });
  });

  it.each<Told>([{ bootId: 'b' }, { bootId: 'c', address: '10.0.0.3' }])(
    'is another board in place of the device when %j is all that is left',
    (told) => {
      const { sight, after } = hear(two(), 200, told);
      expect(sight).toBe('replaced');
      expect(after.boards.second).toBeNull();
      expect(after.boards.boots).toEqual([
        seen({ address: '10.0.0.1', ...told, firstSeenAt: at(200), lastSeenAt: at(200) }),
      ]);
    },
  );

  it('is alone again also when the device itself is the one that was heard', () => {
    const heardOwn = two({ ...own, lastSeenAt: at(190) });
    expect(hear(heardOwn, 200, { bootId: 'a' })).toMatchObject({
      sight: 'own',
      after: { boards: { second: null } },
    });
  });
});

import { type NewEvent, theServer } from '../../../../src/core/event';
import { everyoneAtOnce } from '../../../../src/core/rollout';
import type { SnapshotGrain } from '../../../../src/ports/history';
import type { DeliverEvent } from '../../../../src/ports/webhooks';
import { SteadyClock } from '../../../../src/services/clock/steady-clock';
import { ofClock } from '../../../../src/services/overview/clock-attention';
import { anyReason } from '../../../support/any-reason';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { dayMs, hourMs, MachineClock, minuteMs, secondMs, yearMs } from '../../../support/machine-clock';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { onSqlite, runSql } from '../../../support/test-database';
import { withMessage } from '../../../support/with-message';

const person = { name: 'local', address: null };
let machine: MachineClock;
let opened: OpenedServices;
let answer: DeliverEvent;

beforeEach(async () => {
  machine = new MachineClock('2026-11-02T12:00:00Z');
  answer = () => Promise.resolve(null);
  opened = await open();
});
afterEach(() => opened.close());

/** @param now nothing makes it steady when left out, as if each jump had lasted */
function open(
  dataDir?: string,
  now: () => Date = machine.now,
  clockDoubtMs: () => number | null = () => null,
): Promise<OpenedServices> {
  return openServices({
    ...(dataDir === undefined ? {} : { dataDir }),
    now,
    monotonicMs: machine.monotonicMs,
    fleetRules: { lostAfterMs: 7 * dayMs, eventRetentionMs: 90 * dayMs },
    change: () => ({ deliver: (...delivery) => answer(...delivery), clockDoubtMs }),
  });
}

async function restart(offMs: number): Promise<void> {
  await opened.close();
  machine.boot(offMs);
  opened = await open(opened.dataDir);
}

/** Housekeeping looks at everything, again and again. */
async function run(ms: number, everyMs = hourMs): Promise<void> {
  for (let left = ms; left > 0; left -= everyMs) {
    machine.pass(Math.min(left, everyMs));
    await opened.services.runHousekeeping();
  }
}

/** The clock is wrong for 20 s, in which the server does all that it does. */
async function beWrong(byMs: number): Promise<void> {
  machine.set(byMs);
  await run(20 * secondMs, secondMs);
  machine.set(-byMs);
  await opened.services.runHousekeeping();
}

const device = (id: string) => new SimulatedDevice(opened.services, id, { now: machine.now });

async function release(maxInProgress: number | null = null, startAt: Date | null = null): Promise<void> {
  const made = await makeBundle({ version: '1.0.0' });
  await opened.publish(made.path, { name: 'v1.raucb' });
  const policy = { ...everyoneAtOnce, maxInProgress, startAt };
  await opened.services.activateRelease.activate({ name: 'v1.raucb', policy, actor: 'local' });
}

describe('an installation that nobody hears of', () => {
  const state = async (id: string) => (await opened.services.manageDevices.get(id)).installation?.state;
  beforeEach(async () => {
    await release();
    await device('a').begin('t-1');
    await run(hourMs);
  });

  it.each([4 * yearMs, -4 * yearMs])(
    'is not lost by a clock that is wrong by %d ms for 20 s',
    async (byMs) => {
      await beWrong(byMs);
      expect(await state('a')).toBe('downloading');
    },
  );

  it('is not lost by a clock that stays wrong, before the time has passed', async () => {
    machine.set(4 * yearMs);
    await run(6 * dayMs, dayMs);
    expect(await state('a')).toBe('downloading');
    await run(dayMs, 12 * hourMs);
    expect(await state('a')).toBe('lost');
  });

  it('is not lost while the server is off, and then after the time that is left', async () => {
    await restart(30 * dayMs);
    await run(7 * dayMs - 2 * hourMs, dayMs);
    expect(await state('a')).toBe('downloading');
    await run(2 * hourMs);
    expect(await state('a')).toBe('lost');
  });

  it('is lost as always where the clock is right', async () => {
    await run(7 * dayMs - 2 * hourMs, dayMs);
    expect(await state('a')).toBe('downloading');
    await run(2 * hourMs);
    expect(await state('a')).toBe('lost');
  });

  it('is lost at last when it was heard of last by a clock that was ahead', async () => {
    machine.set(4 * yearMs);
    await device('b').begin('t-2');
    await run(hourMs);
    machine.set(-4 * yearMs);
    await run(7 * dayMs + hourMs, dayMs);
    expect(await state('b')).toBe('lost');
  });

  it('counts no device out of a rollout by a clock that is ahead', async () => {
    const { listBundles, describeRollout } = opened.services;
    const [current] = listBundles.releases();
    machine.set(4 * yearMs);
    await opened.services.runHousekeeping();
    if (current === undefined) throw new Error('there is no release');
    expect((await describeRollout(current)).steps).toMatchObject([{ devices: 1 }]);
  });
});

describe('what is deleted when it is old', () => {
  const dayLines = 120;
  const lines = async () => (await opened.services.readJournal.search({}, { limit: 1_000 })).events.length;
  const line = (daysAgo: number): NewEvent => ({
    kind: 'device.booted',
    at: new Date(machine.now().getTime() - daysAgo * dayMs),
    actor: theServer,
    reason: anyReason(),
  });
  beforeEach(async () => {
    await run(hourMs);
    await opened.store.journal.record(
      Array.from({ length: dayLines }, (_, index) => line(89.2 - index * 0.5)),
    );
  });

  it('leaves the journal as it is while the clock is wrong for 20 s', async () => {
    const before = await lines();
    await beWrong(4 * yearMs);
    await beWrong(-4 * yearMs);
    expect(await lines()).toBe(before);
  });

  it("takes two days' worth of the journal at most in a day with a clock that is ahead, also over restarts", async () => {
    const before = await lines();
    machine.set(4 * yearMs);
    for (let part = 0; part < 4; part += 1) {
      await run(6 * hourMs);
      await restart(0);
    }
    // The oldest is a day younger than what may go, and there are two a day.
    expect(before - (await lines())).toBe(3);
  });

  it('takes what has become old where the clock is right', async () => {
    const before = await lines();
    await run(3 * dayMs, 6 * hourMs);
    expect(before - (await lines())).toBe(5);
  });

  it("takes two days' worth of each kind of the history of the fleet at most", async () => {
    const grains: readonly (readonly [SnapshotGrain, number, number])[] = [
      ['day', dayMs, 50],
      ['hour', hourMs, 50],
    ];
    const { history } = opened.store;
    const startMs = Date.UTC(2026, 10, 2);
    for (const [grain, everyMs, count] of grains) {
      const from = startMs - (grain === 'day' ? 3 * dayMs : 0) - count * everyMs;
      for (let index = 0; index < count; index += 1)
        await history.save(new Date(from + index * everyMs), grain, []);
    }
    const kept = async () => (await history.times(new Date(0))).filter((at) => at.getTime() < startMs).length;
    expect(await kept()).toBe(100);
    machine.set(2 * yearMs);
    await run(3 * hourMs, 10 * minuteMs);
    // Six hours' worth: those of six hours, and one of a day.
    expect(100 - (await kept())).toBeLessThanOrEqual(6 + 1);
  });
});

describe('a session', () => {
  const begin = async (name: string) => {
    const { secret } = await opened.services.manageTokens.create({ name, scope: 'admin', actor: 'local' });
    const token = await opened.services.manageTokens.find(secret);
    if (token === undefined) throw new Error('the token is not there');
    return (await opened.services.manageSessions.begin(token, null)).id;
  };
  const isGood = async (id: string) => (await opened.services.manageSessions.find(id)) !== undefined;

  it.each([4 * yearMs, -4 * yearMs])(
    'is good for twelve hours, whoever signs in while the clock is wrong by %d ms',
    async (byMs) => {
      const ann = await begin('ann');
      machine.set(byMs);
      const bob = await begin('bob');
      expect([await isGood(ann), await isGood(bob)]).toEqual([true, true]);
      machine.set(-byMs);
      expect([await isGood(ann), await isGood(bob)]).toEqual([true, true]);
      machine.pass(12 * hourMs - 1);
      expect([await isGood(ann), await isGood(bob)]).toEqual([true, true]);
      machine.pass(1);
      expect([await isGood(ann), await isGood(bob)]).toEqual([false, false]);
    },
  );

  it('of an earlier version, which knows the clock alone, ends by that', async () => {
    const ann = await begin('ann');
    await runSql(opened.dataDir, 'UPDATE sessions SET ends_age_ms = NULL');
    machine.pass(12 * hourMs - 1);
    expect(await isGood(ann)).toBe(true);
    machine.pass(1);
    expect(await isGood(ann)).toBe(false);
  });

  it('ends while the server is off, too', async () => {
    const ann = await begin('ann');
    await restart(11 * hourMs);
    expect(await isGood(ann)).toBe(true);
    await restart(hourMs);
    expect(await isGood(ann)).toBe(false);
  });
});

describe('a webhook whose receiver refuses', () => {
  const gaveUp = async () =>
    (await opened.services.readJournal.search({ kinds: ['webhook.gave-up'] }, { limit: 9 })).events.length;
  const attempts = async () => (await opened.services.manageWebhooks.list())[0]?.attempts ?? 0;
  /** So many more attempts; their time has come. */
  async function fail(count: number): Promise<void> {
    for (let tried = 0; tried < count; tried += 1) {
      machine.pass(hourMs + 15 * minuteMs);
      await opened.services.runHousekeeping();
      await (
        await opened.services.sendWebhooks.begin()
      ).ended;
    }
  }
  beforeEach(async () => {
    answer = () => Promise.resolve('it is down');
    await opened.services.manageWebhooks.create(
      { name: 'ops', url: 'https://receiver.test/', kinds: [] },
      person,
    );
    await opened.store.journal.record([
      { kind: 'device.booted', at: machine.now(), actor: theServer, reason: anyReason() },
    ]);
  });

  it.each([4 * yearMs, -4 * yearMs])(
    'is tried for a day, also when the clock is set by %d ms in between',
    async (byMs) => {
      await fail(12);
      expect(await attempts()).toBeGreaterThanOrEqual(12);
      machine.set(byMs);
      await fail(6);
      expect(await gaveUp()).toBe(0);
      await fail(3);
      expect(await gaveUp()).toBe(1);
    },
  );
});

// In PostgreSQL, an offer ends by the clock of any server that is asked for its place, and for good.
onSqlite.describe('a rollout on one server', () => {
  it.each([4 * yearMs, -4 * yearMs])(
    'offers to no more devices than it may while the clock is wrong by %d ms',
    async (byMs) => {
      await release(1);
      expect(await device('a').offered()).toBe('v1.raucb');
      machine.set(byMs);
      expect(await device('b').offered()).toBe('too-many-in-progress');
      machine.set(-byMs);
      expect(await device('b').offered()).toBe('too-many-in-progress');
      machine.pass(hourMs);
      expect(await device('b').offered()).toBe('v1.raucb');
    },
  );
});

describe('a rollout', () => {
  it.each([4 * yearMs, -4 * yearMs])(
    'gives a place to one device, whichever way the clock is set: by %d ms, and then back by twice as much',
    async (byMs) => {
      const offeredTo = async () => {
        const answers = [await device('b').offered(), await device('a').offered()];
        return answers.filter((answer) => answer === 'v1.raucb').length;
      };
      await release(1);
      expect(await device('a').offered()).toBe('v1.raucb');
      for (const setMs of [byMs, -2 * byMs]) {
        machine.set(setMs);
        expect(await offeredTo()).toBeLessThanOrEqual(1);
      }
      machine.pass(hourMs);
      expect(await offeredTo()).toBe(1);
    },
  );

  it('gives the place of an offer on in time where the clock was set back meanwhile', async () => {
    await release(1);
    expect(await device('a').offered()).toBe('v1.raucb');
    machine.set(-yearMs);
    machine.pass(hourMs);
    expect(await device('b').offered()).toBe('v1.raucb');
  });

  it('does not begin by a clock that is ahead for 20 s', async () => {
    await opened.close();
    const steady = new SteadyClock({ wall: machine.now, monotonicMs: machine.monotonicMs });
    opened = await open(undefined, steady.now);
    await release(null, new Date('2026-11-03T12:00:00Z'));
    const asking = new SimulatedDevice(opened.services, 'a', { now: steady.now });
    machine.set(yearMs);
    expect(await asking.offered()).toBe('not-started');
    machine.set(-yearMs);
    machine.pass(dayMs);
    steady.now();
    expect(await asking.offered()).toBe('v1.raucb');
  });
});

it('says that a jump is not followed yet, until the clock is right again', async () => {
  await opened.close();
  const steady = new SteadyClock({ wall: machine.now, monotonicMs: machine.monotonicMs });
  opened = await open(undefined, steady.now, () => steady.doubtMs());
  const { serverClock } = opened.services;
  const words = () => withMessage(ofClock({ clock: serverClock.trouble(), dismissed: [] }));
  expect(words()).toEqual([]);
  machine.set(-2 * hourMs);
  expect(serverClock.trouble()).toMatchObject({ kind: 'jumped', byMs: -2 * hourMs, isFollowed: false });
  expect(words()).toMatchObject([{ kind: 'clock', count: 1 }]);
  expect(words()[0]?.message).toContain('jumped back by 2 hours');
  machine.set(2 * hourMs);
  expect(words()).toEqual([]);
});

it('says in the log that the clock looks wrong, once, and that it is right again', async () => {
  const said = () => opened.log.filter(({ message }) => message.startsWith("the server's clock"));
  machine.set(yearMs);
  await run(minuteMs, 10 * secondMs);
  expect(said()).toMatchObject([{ level: 'error', facts: { clock: 'jumped', seconds: yearMs / secondMs } }]);
  machine.set(-yearMs);
  await run(minuteMs, 10 * secondMs);
  await eventually(() => said().length === 2);
  expect(said()[1]?.level).toBe('info');
});

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import { theServer } from '../../../../src/core/event';
import { UpTime } from '../../../../src/services/clock/up-time';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { anyReason } from '../../../support/any-reason';
import { dayMs, hourMs, MachineClock, minuteMs, secondMs, yearMs } from '../../../support/machine-clock';
import { temporaryFolder } from '../../../support/programs';

let machine: MachineClock;
let dataDir: string;
let store: OpenStore;
let upTime: UpTime;

beforeEach(async () => {
  machine = new MachineClock('2026-11-02T12:00:00Z');
  dataDir = path.join(await temporaryFolder(), 'data');
  await start();
});
afterEach(() => store.close());

async function start(): Promise<void> {
  store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  upTime = await UpTime.start({
    records: store.upTime,
    lastLineAt: await store.journal.lastAt(),
    now: machine.now,
    monotonicMs: machine.monotonicMs,
  });
}

/** Nothing is written when it ends. */
async function kill(offMs: number): Promise<void> {
  store.close();
  machine.boot(offMs);
  await start();
}

/** The server looks at its clock once a minute. */
async function run(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= minuteMs) {
    machine.pass(Math.min(left, minuteMs));
    await upTime.run();
  }
}

describe('the time that the server was up', () => {
  it('counts by the monotonic clock, over restarts, and leaves out when it was off', async () => {
    await run(3 * hourMs);
    await kill(dayMs);
    await run(2 * hourMs);
    machine.set(yearMs);
    await run(hourMs);
    expect(upTime.upMs()).toBe(6 * hourMs);
    expect(upTime.ageMs()).toBe(6 * hourMs + dayMs);
  });

  it('loses a minute by a kill at the most', async () => {
    await run(hourMs);
    machine.pass(59 * secondMs);
    await kill(0);
    expect(upTime.upMs()).toBe(hourMs);
  });

  it('is kept in full at an orderly end', async () => {
    machine.pass(30 * secondMs);
    await upTime.save();
    await kill(0);
    expect(upTime.upMs()).toBe(30 * secondMs);
  });

  it('takes a server that begins in the past for no older', async () => {
    await run(hourMs);
    await kill(-yearMs);
    expect(upTime.ageMs()).toBe(hourMs);
  });

  it('is on disk once a minute, not at each look', async () => {
    let saved = 0;
    const counted = await UpTime.start({
      records: {
        all: () => Promise.resolve([]),
        save: () => {
          saved += 1;
          return Promise.resolve();
        },
      },
      lastLineAt: null,
      now: machine.now,
      monotonicMs: machine.monotonicMs,
    });
    for (let second = 0; second < 180; second += 1) {
      machine.pass(secondMs);
      await counted.run();
    }
    expect(saved).toBe(3);
  });

  it('tries again what a full disk refused', async () => {
    const refused = jest.spyOn(store.upTime, 'save').mockRejectedValueOnce(new Error('disk full'));
    machine.set(yearMs);
    machine.pass(minuteMs);
    await expect(upTime.run()).rejects.toThrow('disk full');
    machine.pass(secondMs);
    await upTime.run();
    expect(refused).toHaveBeenCalledTimes(2);
    expect((await store.upTime.all()).map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe('the times of the last hours in which the server was up', () => {
  const times = (ms: number) => {
    const found = upTime.timesOfLast(ms);
    return found && [found.from.toISOString(), found.until.toISOString()];
  };

  it('are none before it was up for so long', async () => {
    expect(times(hourMs)).toBeNull();
    await run(hourMs - minuteMs);
    expect(times(hourMs)).toBeNull();
    await run(minuteMs);
    expect(times(hourMs)).toEqual(['2026-11-02T12:00:00.000Z', '2026-11-02T13:02:00.000Z']);
    await run(hourMs);
    expect(times(hourMs)?.[0]).toBe('2026-11-02T13:00:00.000Z');
  });

  it('begin earlier by as long as it was off', async () => {
    await run(2 * hourMs);
    await kill(10 * dayMs);
    await run(hourMs / 2);
    expect(times(hourMs)?.[0]).toBe('2026-11-02T13:30:00.000Z');
  });

  it('have in them what was heard before, while and after the clock was wrong', async () => {
    await run(2 * hourMs);
    const before = machine.now();
    machine.set(4 * yearMs);
    await run(hourMs);
    const wrong = machine.now();
    machine.set(-4 * yearMs);
    await run(hourMs);
    const earlier = upTime.timesOfLast(3 * hourMs);
    for (const heard of [before, wrong, machine.now()]) {
      expect(earlier?.from.getTime()).toBeLessThanOrEqual(heard.getTime());
      expect(earlier?.until.getTime()).toBeGreaterThanOrEqual(heard.getTime());
    }
    // What was heard of while the clock was wrong is silent at last.
    await run(3 * hourMs);
    expect(upTime.timesOfLast(2 * hourMs)?.until.getTime()).toBeLessThan(wrong.getTime());
  });

  it('have in them whatever was heard of in that time, however the clock is set and the server killed', async () => {
    const step = fc.record({
      passMs: fc.integer({ min: 1, max: 5 * hourMs }),
      setMs: fc.oneof(fc.constant(0), fc.integer({ min: -yearMs, max: yearMs })),
      offMs: fc.option(fc.integer({ min: 0, max: 20 * dayMs })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const any = new MachineClock();
        let saved: Parameters<typeof store.upTime.save>[0] = [];
        const records: typeof store.upTime = {
          all: () => Promise.resolve(saved),
          save: (spans, removed) => {
            const gone = new Set([...spans.map(({ id }) => id), ...removed]);
            saved = [...saved.filter(({ id }) => !gone.has(id)), ...spans];
            return Promise.resolve();
          },
        };
        const begin = () =>
          UpTime.start({ records, lastLineAt: null, now: any.now, monotonicMs: any.monotonicMs });
        let one = await begin();
        const heard: { at: Date; upMs: number }[] = [];
        for (const { passMs, setMs, offMs } of steps) {
          any.pass(passMs);
          await one.save();
          heard.push({ at: any.now(), upMs: one.upMs() });
          any.set(setMs);
          if (offMs !== null) {
            any.boot(offMs);
            one = await begin();
          }
          heard.push({ at: any.now(), upMs: one.upMs() });
          const times = one.timesOfLast(6 * hourMs);
          if (times === null) continue;
          const within = heard.filter(({ upMs }) => upMs > one.upMs() - 6 * hourMs);
          for (const { at } of within) {
            expect(at.getTime()).toBeGreaterThanOrEqual(times.from.getTime());
            expect(at.getTime()).toBeLessThanOrEqual(times.until.getTime());
          }
        }
      }),
    );
  });

  it('are kept in a bounded number, also where the clock is set all the time', async () => {
    for (let count = 0; count < 1_100; count += 1) {
      machine.set(count % 2 === 0 ? hourMs : -hourMs);
      machine.pass(minuteMs);
      upTime.upMs();
    }
    await upTime.run();
    expect((await store.upTime.all()).length).toBeLessThanOrEqual(501);
    await kill(0);
    expect(upTime.upMs()).toBe(1_100 * minuteMs);
    expect(times(1_100 * minuteMs)?.[0]).toBe('2026-11-02T12:00:00.000Z');
  });
});

describe('a clock that looks wrong', () => {
  it('is one that was set forward, until it is set back', async () => {
    await run(hourMs);
    expect(upTime.trouble()).toBeNull();
    machine.set(yearMs);
    expect(upTime.trouble()).toEqual({
      kind: 'jumped',
      byMs: yearMs,
      sureAt: new Date('2026-11-02T13:00:00Z'),
      isFollowed: true,
    });
    await run(hourMs);
    machine.set(-yearMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is right after a day, if it was set forward to the right time', async () => {
    machine.set(3 * hourMs);
    await run(dayMs - minuteMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'jumped' });
    await run(minuteMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is one that runs backwards, until it is where it was', async () => {
    await run(hourMs);
    machine.set(-3 * hourMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'behind', byMs: -3 * hourMs });
    await run(3 * hourMs - 2 * minuteMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'behind' });
    await run(2 * minuteMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is one that begins before the last time at which the server ran, until NTP sets it', async () => {
    await run(hourMs);
    await kill(-50 * yearMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'behind', sureAt: new Date('2026-11-02T13:00:00Z') });
    await kill(minuteMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'behind' });
    machine.set(50 * yearMs + hourMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is one that begins before the last line of a journal that knows no more', async () => {
    const ahead = new Date(machine.now().getTime() + hourMs);
    const line = { kind: 'device.booted', actor: theServer, reason: anyReason() } as const;
    await store.journal.record([
      { ...line, at: new Date('2030-01-01T00:00:00Z') },
      { ...line, at: ahead },
    ]);
    await kill(minuteMs);
    expect(upTime.trouble()).toEqual({ kind: 'behind', byMs: minuteMs - hourMs, sureAt: ahead });
  });

  it('is still wrong after a restart, and right after one with the right time', async () => {
    await run(hourMs);
    machine.set(yearMs);
    await run(hourMs);
    await kill(minuteMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'jumped' });
    await run(minuteMs);
    await kill(-yearMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is right when a person says so', async () => {
    await run(hourMs);
    machine.set(-yearMs);
    expect(upTime.trouble()).toMatchObject({ kind: 'behind' });
    upTime.accept();
    expect(upTime.trouble()).toBeNull();
    await upTime.save();
    await kill(minuteMs);
    expect(upTime.trouble()).toBeNull();
  });

  it('is none that NTP moves by seconds, or whose machine was off', async () => {
    machine.set(-30 * secondMs);
    expect(upTime.trouble()).toBeNull();
    await run(hourMs);
    await kill(30 * dayMs);
    expect(upTime.trouble()).toBeNull();
  });
});

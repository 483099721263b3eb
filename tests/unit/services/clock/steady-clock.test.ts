import fc from 'fast-check';
import { followAfterMs, SteadyClock } from '../../../../src/services/clock/steady-clock';
import { hourMs, MachineClock, minuteMs, secondMs, yearMs } from '../../../support/machine-clock';

let machine: MachineClock;
let clock: SteadyClock;
beforeEach(() => {
  machine = new MachineClock('2026-11-02T12:00:00Z');
  clock = new SteadyClock({ wall: machine.now, monotonicMs: machine.monotonicMs });
});

const time = () => clock.now().toISOString();

describe('the time of the server', () => {
  it('is that of the machine, also when NTP moves it by seconds', () => {
    machine.pass(hourMs);
    expect(time()).toBe('2026-11-02T13:00:00.000Z');
    machine.set(-3 * secondMs);
    expect(time()).toBe('2026-11-02T12:59:57.000Z');
    expect(clock.doubtMs()).toBeNull();
  });

  it.each([4 * yearMs, -4 * yearMs])('goes on evenly while the clock is wrong by %d ms for 20 s', (byMs) => {
    machine.set(byMs);
    expect(time()).toBe('2026-11-02T12:00:00.000Z');
    expect(clock.doubtMs()).toBe(byMs);
    machine.pass(20 * secondMs);
    expect(time()).toBe('2026-11-02T12:00:20.000Z');
    machine.set(-byMs);
    expect(time()).toBe('2026-11-02T12:00:20.000Z');
    expect(clock.doubtMs()).toBeNull();
  });

  it.each([hourMs, -hourMs])('follows a jump of %d ms that lasts', (byMs) => {
    machine.set(byMs);
    expect(clock.doubtMs()).toBe(byMs);
    machine.pass(followAfterMs - 1);
    expect(clock.now().getTime()).toBe(machine.now().getTime() - byMs);
    machine.pass(1);
    expect(clock.now()).toEqual(machine.now());
    expect(clock.doubtMs()).toBeNull();
  });

  it('follows nothing while the clock is set again and again', () => {
    for (let count = 0; count < 10; count += 1) {
      machine.set(hourMs);
      clock.now();
      machine.pass(10 * minuteMs);
    }
    expect(time()).toBe('2026-11-02T13:40:00.000Z');
  });

  it('follows the clock at once when that goes back to what it was before a jump that was followed', () => {
    machine.set(yearMs);
    clock.now();
    machine.pass(followAfterMs);
    expect(time().slice(0, 4)).toBe('2027');
    machine.pass(hourMs);
    machine.set(-yearMs);
    expect(time()).toBe('2026-11-02T13:15:00.000Z');
  });

  it('follows NTP at once where the clock began before a time that is known to be past', () => {
    const board = new MachineClock('1970-01-01T00:00:10Z');
    clock = new SteadyClock({ wall: board.now, monotonicMs: board.monotonicMs });
    clock.know(new Date('2026-11-02T12:00:00Z'));
    expect(time()).toBe('1970-01-01T00:00:10.000Z');
    board.pass(30 * secondMs);
    board.set(57 * yearMs);
    expect(clock.now()).toEqual(board.now());
    expect(clock.doubtMs()).toBeNull();
    // That is an end of it: back at 1970 it is wrong again.
    board.set(-57 * yearMs);
    expect(time().slice(0, 4)).toBe('2026');
  });

  it('never moves by more than has passed, and a minute, unless a jump has lasted', () => {
    const step = fc.record({
      passMs: fc.integer({ min: 0, max: 30_000 }),
      setMs: fc.oneof(fc.constant(0), fc.integer({ min: -10 * yearMs, max: 10 * yearMs })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 29 }), (steps) => {
        const any = new MachineClock();
        const steady = new SteadyClock({ wall: any.now, monotonicMs: any.monotonicMs });
        for (const { passMs, setMs } of steps) {
          const beforeMs = steady.now().getTime();
          any.pass(passMs);
          any.set(setMs);
          expect(Math.abs(steady.now().getTime() - beforeMs - passMs)).toBeLessThanOrEqual(minuteMs);
        }
      }),
    );
  });
});

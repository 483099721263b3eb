import { patiencePolls } from '../../../../../src/core/proof';
import { ReleaseCounters } from '../../../../../src/store/sqlite/fleet/release-counters';
import { installationOf, madeAt } from '../../../../support/fleet-factory';

const minuteMs = 60_000;
let nowMs: number;
let ageMs: number;
let counters: ReleaseCounters;
beforeEach(() => {
  nowMs = madeAt.getTime();
  ageMs = 0;
  counters = new ReleaseCounters([], ports);
});

const ports = { offerLifetimeMs: 120 * minuteMs, now: () => new Date(nowMs), ageMs: () => ageMs };
const after = (minutes: number) => new Date(madeAt.getTime() + minutes * minuteMs);
/** Time passes, up to so many minutes after the begin. */
const passUntil = (minutes: number) => {
  ageMs += after(minutes).getTime() - nowMs;
  nowMs = after(minutes).getTime();
};
const setClock = (minutes: number) => {
  nowMs = after(minutes).getTime();
};
/** An offer of release 1 to a device of its own. */
const offer = (id: number, endsAfterMinutes: number) =>
  installationOf({ id, deviceId: `dev-${id}`, offerEndsAt: after(endsAfterMinutes) });

it('reads the clocks once for all offers of a release, which may be many at a start', () => {
  const now = jest.fn(ports.now);
  const age = jest.fn(ports.ageMs);
  const offers = Array.from({ length: 100 }, (_, id) => [id, after(id).getTime()] as const);
  const counts = { releaseId: 1, started: 2, failures: new Map([['dev-1', 3]]), offers };
  const started = new ReleaseCounters([counts], { ...ports, now, ageMs: age });
  expect([now, age].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  passUntil(60);
  expect([started.inProgress(1), started.failures(1)]).toEqual([2 + 39, 1]);
});

describe('the place of an offer', () => {
  it("is another's from the moment at which it ends", () => {
    counters.count(null, offer(1, 60));
    passUntil(59);
    expect(counters.inProgress(1)).toBe(1);
    passUntil(60);
    expect(counters.inProgress(1)).toBe(0);
    expect(counters.hasEnded(offer(1, 60))).toBe(true);
  });

  it("is another's also when a later one that stands was made before, as with a clock that was set back", () => {
    counters.count(null, offer(1, 60));
    setClock(-30);
    counters.count(null, offer(2, 30));
    counters.count(null, offer(3, 31));
    passUntil(30);
    expect(counters.inProgress(1)).toBe(1);
    expect([1, 2, 3].map((id) => counters.hasEnded(offer(id, 0)))).toEqual([true, true, false]);
  });

  it('stays with who has begun, whatever ends behind it', () => {
    counters.count(null, offer(1, 10));
    counters.count(null, offer(2, 5));
    counters.count(offer(1, 10), { ...offer(1, 10), state: 'downloading' });
    passUntil(20);
    expect(counters.inProgress(1)).toBe(1);
  });

  it('is kept as long as the offer is told again with another end, and no longer', () => {
    counters.count(null, offer(1, 10));
    counters.count(null, offer(2, 20));
    counters.renew(offer(1, 30));
    passUntil(20);
    expect(counters.inProgress(1)).toBe(1);
    passUntil(30);
    expect(counters.inProgress(1)).toBe(0);
    counters.renew(offer(1, 40));
    expect([counters.inProgress(1), counters.hasEnded(offer(1, 40))]).toEqual([1, false]);
  });

  it('is not kept for a device that is told again and again and does not begin', () => {
    counters.count(null, offer(1, 10));
    counters.renew({ ...offer(1, 30), polls: patiencePolls + 1 });
    passUntil(10);
    expect(counters.inProgress(1)).toBe(0);
  });

  it('is counted from the start, in whatever order offers end', () => {
    const offers = [
      [1, after(60).getTime()],
      [2, after(30).getTime()],
    ] as const;
    const again = new ReleaseCounters([{ releaseId: 1, started: 1, failures: new Map(), offers }], ports);
    passUntil(45);
    expect(again.inProgress(1)).toBe(2);
  });

  it.each([-600, 600])('stays its own for as long where the clock is set by %d minutes', (minutes) => {
    counters.count(null, offer(1, 60));
    setClock(minutes);
    expect(counters.inProgress(1)).toBe(1);
    passUntil(minutes + 59);
    expect(counters.inProgress(1)).toBe(1);
    passUntil(minutes + 60);
    expect(counters.inProgress(1)).toBe(0);
  });

  it('lasts no longer than an offer where a clock that was ahead wrote its end', () => {
    const offers = [[1, after(600_000).getTime()]] as const;
    const again = new ReleaseCounters([{ releaseId: 1, started: 0, failures: new Map(), offers }], ports);
    passUntil(119);
    expect(again.inProgress(1)).toBe(1);
    passUntil(120);
    expect(again.inProgress(1)).toBe(0);
  });
});

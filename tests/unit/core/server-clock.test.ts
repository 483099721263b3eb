import { ageOf, clockToleranceMs, joinSpans, timesOfLast, type UpSpan } from '../../../src/core/server-clock';
import { hourMs, madeAt } from '../../support/fleet-factory';

const at = (hours: number) => new Date(madeAt.getTime() + hours * hourMs);
const past = (date: Date, ms: number) => new Date(date.getTime() + ms);

/** The server is up from one hour to another, after it was up for `upMs` already; its clock shows just these hours. */
function span(fromHour: number, untilHour: number, upHours: number, change: Partial<UpSpan> = {}): UpSpan {
  return {
    id: fromHour,
    fromAt: at(fromHour),
    untilAt: at(untilHour),
    fromUpMs: upHours * hourMs,
    upMs: (upHours + untilHour - fromHour) * hourMs,
    ageMs: untilHour * hourMs,
    sureAt: null,
    sureUpMs: 0,
    jumpedByMs: null,
    ...change,
  };
}

/** Up for two hours, off for eight, up for four. */
const first = span(0, 2, 0);
const second = span(10, 14, 2);

describe('two spans as one', () => {
  it('reach from the begin of the first to what the second knows', () => {
    const sure = { ...second, sureAt: at(13), sureUpMs: 5 * hourMs, jumpedByMs: 7 };
    expect(joinSpans(first, sure)).toEqual({ ...sure, fromAt: at(0), fromUpMs: 0 });
  });

  it('span all that the clock showed when it was set back in between', () => {
    const back = span(-5, -3, 2);
    expect(joinSpans(first, back)).toMatchObject({ fromAt: at(-5), untilAt: at(2) });
  });
});

describe('the times of the last hours in which the server was up', () => {
  it('are unknown without a span, or when it was not up for so long', () => {
    expect(timesOfLast([], hourMs)).toBeNull();
    expect(timesOfLast([first, second], 6 * hourMs + 1)).toBeNull();
    expect(timesOfLast([second], 4 * hourMs + 1)).toBeNull();
  });

  it.each([
    [1, 13],
    [3, 11],
    [5, 1],
    [6, 0],
  ])('begin %d hours of being up ago, which is hour %d by the clock', (hours, hour) => {
    expect(timesOfLast([first, second], hours * hourMs)).toEqual({ from: at(hour), until: at(14) });
  });

  it('begin when the server went off where just the last span is long enough', () => {
    expect(timesOfLast([first, second], 4 * hourMs)).toEqual({ from: at(2), until: at(14) });
  });

  it('do not reach back over a span that ended before them', () => {
    expect(timesOfLast([first, second], 4 * hourMs - 1)).toEqual({ from: past(at(10), 1), until: at(14) });
  });

  it('span all that the clock showed when it was set back in between', () => {
    const back = span(-5, -3, 2);
    expect(timesOfLast([first, back], 3 * hourMs)).toEqual({ from: at(-5), until: at(2) });
  });

  it('begin where a span does whose clock was not even: nobody knows what it showed in between', () => {
    const longer = (ms: number) => [span(0, 4, 0, { untilAt: past(at(4), ms) })];
    for (const off of [clockToleranceMs, -clockToleranceMs])
      expect(timesOfLast(longer(off), hourMs)?.from).toEqual(at(3));
    for (const off of [clockToleranceMs + 1, -clockToleranceMs - 1])
      expect(timesOfLast(longer(off), hourMs)?.from).toEqual(at(0));
  });

  it('count how long a span was up, also when it began late', () => {
    expect(timesOfLast([second], 3 * hourMs)).toEqual({ from: at(11), until: at(14) });
  });
});

describe('how long ago the clock showed a time', () => {
  const age = (time: Date, slackMs = 0) => ageOf([first, second], time, slackMs);

  it('is unknown without a span, before the first, while the server was off and after the last', () => {
    expect(ageOf([], at(1), 0)).toBeUndefined();
    for (const hour of [-1, 5, 15]) expect(age(at(hour))).toBeUndefined();
  });

  it.each([
    [14, 0],
    [11, 3],
    [10, 4],
    [2, 12],
    [0, 14],
  ])('at hour %d is %d hours, with the time in which the server was off', (hour, hours) => {
    expect(age(at(hour))).toBe(hours * hourMs);
  });

  it('counts a time shortly before a span to it, as far as NTP may have moved the clock', () => {
    expect(age(past(at(10), -clockToleranceMs))).toBe(4 * hourMs);
    expect(age(past(at(10), -clockToleranceMs - 1))).toBeUndefined();
  });

  it('counts a time shortly after a span to its end', () => {
    expect(age(past(at(2), 500), 500)).toBe(12 * hourMs);
    expect(age(past(at(2), 501), 500)).toBeUndefined();
  });

  it('is that of the last span which showed it', () => {
    const again = span(0, 2, 2, { ageMs: 5 * hourMs });
    expect(ageOf([first, again], at(1), 0)).toBe(hourMs);
  });

  it('is not longer than the span was up, however far the clock was off', () => {
    const jumped = span(0, 2, 3, { untilAt: at(90) });
    expect(ageOf([jumped], at(1), 0)).toBe(2 * hourMs);
  });
});

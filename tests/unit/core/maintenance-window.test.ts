import fc from 'fast-check';
import {
  formatWindow,
  isWindowOpen,
  type MaintenanceWindow,
  parseWindow,
  type Weekday,
  weekdays,
} from '../../../src/core/maintenance-window';

const invalid = expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error;

/** Which of some instants (ISO 8601, UTC) are inside a window. */
function open(text: string, ...instants: readonly string[]): readonly boolean[] {
  const window = parseWindow(text);
  return instants.map((instant) => isWindowOpen(window, new Date(instant)));
}

describe('parseWindow', () => {
  it.each<[string, readonly Weekday[], string]>([
    ['sat,sun 01:00-05:00 Europe/Berlin', ['sat', 'sun'], 'Europe/Berlin'],
    ['daily 22:00-04:00', weekdays, 'UTC'],
    ['mon-fri 00:00-23:59 Asia/Kolkata', ['mon', 'tue', 'wed', 'thu', 'fri'], 'Asia/Kolkata'],
    ['sat-mon 10:00-10:00', ['mon', 'sat', 'sun'], 'UTC'],
    [' SUN,Mon-Tue  10:00-11:00  UTC ', ['mon', 'tue', 'sun'], 'UTC'],
    ['wed,wed-wed 10:00-11:00', ['wed'], 'UTC'],
  ])('reads %j', (text, days, timeZone) => {
    expect(parseWindow(text)).toMatchObject({ days, timeZone });
  });

  it.each([
    '',
    'daily',
    '22:00-04:00',
    'daily 22:00',
    'daily 2:00-4:00',
    'daily 24:00-04:00',
    'daily 22:60-04:00',
    'daily 22:00-04:00 Mars/Olympus',
    'daily 22:00-04:00 UTC UTC',
    'funday 22:00-04:00',
    'mon-tue-wed 22:00-04:00',
    'mon, 22:00-04:00',
    '-mon 22:00-04:00',
  ])('refuses %j', (text) => {
    expect(() => parseWindow(text)).toThrow(invalid);
  });

  it('reads what formatWindow writes', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => `${part}`.padStart(2, '0')).join(':'));
    const window: fc.Arbitrary<MaintenanceWindow> = fc.record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: clock,
      to: clock,
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns'),
    });
    fc.assert(fc.property(window, (made) => expect(parseWindow(formatWindow(made))).toEqual(made)));
  });
});

// 2026-01-05 is a Monday.
describe('isWindowOpen', () => {
  it('opens at its first minute and is closed at its last', () => {
    expect(
      open(
        'mon 01:00-05:00',
        '2026-01-05T00:59:59Z',
        '2026-01-05T01:00:00Z',
        '2026-01-05T04:59:59Z',
        '2026-01-05T05:00:00Z',
        '2026-01-06T02:00:00Z',
      ),
    ).toEqual([false, true, true, false, false]);
  });

  it('belongs over midnight to the day on which it opens', () => {
    expect(
      open(
        'sun 22:00-04:00',
        '2026-01-04T03:00:00Z', // Sunday, before it opens
        '2026-01-04T22:00:00Z',
        '2026-01-05T03:59:59Z', // Monday
        '2026-01-05T04:00:00Z',
        '2026-01-05T22:00:00Z',
      ),
    ).toEqual([false, true, true, false, false]);
  });

  it('is open for a day when it closes at the time at which it opens', () => {
    expect(
      open(
        'mon 10:00-10:00',
        '2026-01-05T09:59:59Z',
        '2026-01-05T10:00:00Z',
        '2026-01-06T09:59:59Z',
        '2026-01-06T10:00:00Z',
      ),
    ).toEqual([false, true, true, false]);
    expect(open('mon 00:00-00:00', '2026-01-05T00:00:00Z', '2026-01-05T23:59:59Z')).toEqual([true, true]);
    expect(open('mon 00:00-00:00', '2026-01-04T23:59:59Z', '2026-01-06T00:00:00Z')).toEqual([false, false]);
  });

  it('goes by the day and the time of its zone', () => {
    // 2026-01-05T20:00Z is Tuesday 01:30 in Kolkata, and Monday 10:00 in Honolulu.
    const instant = '2026-01-05T20:00:00Z';
    expect(open('tue 01:00-02:00 Asia/Kolkata', instant)).toEqual([true]);
    expect(open('mon 01:00-02:00 Asia/Kolkata', instant)).toEqual([false]);
    expect(open('mon 10:00-10:01 Pacific/Honolulu', instant)).toEqual([true]);
    expect(open('tue 00:00-00:00 Pacific/Kiritimati', '2026-01-05T10:00:00Z')).toEqual([true]);
  });

  it('follows the clocks of its zone through the year', () => {
    const text = 'daily 01:00-02:00 Europe/Berlin';
    expect(open(text, '2026-01-05T00:30:00Z', '2026-07-06T00:30:00Z')).toEqual([true, false]);
    expect(open(text, '2026-01-05T23:30:00Z', '2026-07-05T23:30:00Z')).toEqual([false, true]);
  });

  it('skips in spring the hour that the clocks skip', () => {
    // Sunday, 2026-03-29: 02:00 becomes 03:00 in Berlin at 01:00 UTC.
    const around = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:59:59Z'] as const;
    expect(open('sun 02:00-03:00 Europe/Berlin', ...around)).toEqual([false, false, false]);
    expect(open('sun 02:30-04:00 Europe/Berlin', ...around)).toEqual([false, true, true]);
    expect(open('sun 01:00-03:00 Europe/Berlin', ...around)).toEqual([true, false, false]);
  });

  it('is open twice in autumn in the hour that the clocks repeat', () => {
    // Sunday, 2026-10-25: 03:00 becomes 02:00 in Berlin at 01:00 UTC.
    expect(
      open(
        'sun 02:00-03:00 Europe/Berlin',
        '2026-10-24T23:59:59Z',
        '2026-10-25T00:30:00Z',
        '2026-10-25T01:30:00Z',
        '2026-10-25T02:00:00Z',
      ),
    ).toEqual([false, true, true, false]);
  });
});

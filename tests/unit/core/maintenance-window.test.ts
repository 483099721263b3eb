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

  it.each([
    ['funday 22:00-04:00', '"funday" is not a day'],
    ['mon,xat 22:00-04:00', '"xat" is not a day'],
    ['22:00-04:00', '"22:00-04:00" is not a day'],
    ['daily', 'the times are missing'],
    ['daily 22:00', '"22:00" is not two times'],
    ['daily 22:00–04:00', '"22:00–04:00" is not two times'],
    ['daily 2:00-04:00', '"2:00" is not a time'],
    ['daily 22:00-24:00', '"24:00" is not a time'],
    ['daily 22:00-04:00 Mars/Olympus', '"Mars/Olympus" is not a time zone'],
    ['daily 22:00-04:00 Europe/Berlin too', '"too" is one word too many'],
  ])('names the part of %j that is wrong', (text, wrong) => {
    expect(() => parseWindow(text)).toThrow(`"${text}" is not a window: ${wrong}`);
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

  // Sunday, 2026-03-29: 02:00 becomes 03:00 in Berlin at 01:00 UTC.
  it('opens at the next valid minute, for its whole length, where the clocks skip all of it', () => {
    const around = [
      '2026-03-29T00:59:59Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T01:14:59Z',
      '2026-03-29T01:15:00Z',
      '2026-03-29T01:59:59Z',
      '2026-03-29T02:00:00Z',
    ] as const;
    expect(open('sun 02:00-03:00 Europe/Berlin', ...around)).toEqual([false, true, true, true, true, false]);
    expect(open('sun 02:30-02:45 Europe/Berlin', ...around)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(open('sat 02:30-02:45 Europe/Berlin', ...around)).not.toContain(true);
    expect(open('mon 02:30-02:45 Europe/Berlin', ...around)).not.toContain(true);
  });

  it('opens at the next valid minute, and closes by the clock, where the clocks skip its begin alone', () => {
    const around = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:59:59Z'] as const;
    expect(open('sun 02:30-04:00 Europe/Berlin', ...around)).toEqual([false, true, true]);
    expect(open('sun 02:30-04:00 Europe/Berlin', '2026-03-29T02:00:00Z')).toEqual([false]);
    expect(open('sun 02:30-01:00 Europe/Berlin', ...around, '2026-03-29T22:59:59Z')).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('closes when the clocks skip its end', () => {
    const around = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:59:59Z'] as const;
    expect(open('sun 01:00-03:00 Europe/Berlin', ...around)).toEqual([true, false, false]);
    expect(open('sat 23:00-02:30 Europe/Berlin', ...around)).toEqual([true, false, false]);
  });

  it('opens where the clocks skip midnight, or a whole day', () => {
    // Friday, 2026-04-24: 00:00 becomes 01:00 in Cairo at 22:00 UTC.
    const cairo = ['2026-04-23T21:59:59Z', '2026-04-23T22:00:00Z', '2026-04-23T22:29:59Z'] as const;
    expect(open('fri 00:00-00:30 Africa/Cairo', ...cairo, '2026-04-23T22:30:00Z')).toEqual([
      false,
      true,
      true,
      false,
    ]);
    // Friday, 2011-12-30, did not exist in Samoa: Saturday began at 10:00 UTC.
    const samoa = ['2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z', '2011-12-30T11:59:59Z'] as const;
    expect(open('fri 10:00-12:00 Pacific/Apia', ...samoa, '2011-12-30T12:00:00Z')).toEqual([
      false,
      true,
      true,
      false,
    ]);
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

  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Africa/Cairo',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'America/Nuuk',
  ] as const;
  const quarterMs = 15 * 60_000;
  const daysOfMs = 86_400_000;
  /** Midnights, as digits: more than half of them in months in which clocks are set. */
  const midnights = fc
    .tuple(
      fc.integer({ min: 2010, max: 2030 }),
      fc.constantFrom(2, 3, 8, 9, 10, 0, 6),
      fc.integer({ min: 1, max: 31 }),
    )
    .map(([year, month, day]) => Date.UTC(year, month, day));
  const quarters = fc.integer({ min: 0, max: 95 });
  const textOf = (quarter: number) => new Date(quarter * quarterMs).toISOString().slice(11, 16);
  const windows = fc.record({
    days: fc.subarray([...weekdays], { minLength: 1 }),
    from: quarters.map(textOf),
    to: quarters.map(textOf),
    timeZone: fc.constantFrom(...zones),
  });

  const swedish = new Map(
    zones.map((timeZone) => [
      timeZone as string,
      new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
    ]),
  );

  /** The digits that the clocks of a zone show, read from what Node prints for Sweden. */
  function digits(at: number, timeZone: string): number {
    return Date.parse(`${swedish.get(timeZone)?.format(at).replace(' ', 'T')}Z`);
  }

  it('opens on each of its days, at the first minute at which its time has come', () => {
    fc.assert(
      fc.property(windows, midnights, ({ days, ...window }, midnight) => {
        const [hours = 0, minutes = 0] = window.from.split(':').map(Number);
        const wanted = midnight + (hours * 60 + minutes) * 60_000;
        let at = wanted - daysOfMs;
        while (digits(at, window.timeZone) < wanted) at += quarterMs;
        const weekday = weekdays[(new Date(midnight).getUTCDay() + 6) % 7] ?? 'mon';
        const made = { ...window, days: [...days, weekday] };
        expect(isWindowOpen(made, new Date(at))).toBe(true);
      }),
    );
  });

  it('goes by digits alone where no clock is set', () => {
    fc.assert(
      fc.property(windows, midnights, quarters, (window, midnight, quarter) => {
        const at = midnight + quarter * quarterMs;
        const ahead = digits(at, window.timeZone) - at;
        fc.pre(
          [-3, 3].every(
            (days) => digits(at + days * daysOfMs, window.timeZone) - at === ahead + days * daysOfMs,
          ),
        );
        const isOpen = isWindowOpen(window, new Date(at));
        expect(isWindowOpen({ ...window, timeZone: 'UTC' }, new Date(at + ahead))).toBe(isOpen);
      }),
    );
  });

  it('is open for no longer than its length, and an hour more where clocks repeat one', () => {
    fc.assert(
      fc.property(windows, midnights, (window, midnight) => {
        const day = weekdays[(new Date(midnight).getUTCDay() + 6) % 7] ?? 'mon';
        const made = { ...window, days: [day] };
        const length =
          (Date.parse(`1970-01-01T${window.to}Z`) - Date.parse(`1970-01-01T${window.from}Z`) + daysOfMs) %
          daysOfMs;
        let openMs = 0;
        for (let at = midnight - 2 * daysOfMs; at < midnight + 4 * daysOfMs; at += quarterMs)
          if (isWindowOpen(made, new Date(at))) openMs += quarterMs;
        expect(openMs).toBeGreaterThan(0);
        expect(openMs).toBeLessThanOrEqual((length || daysOfMs) + 3_600_000);
      }),
      { numRuns: 20 },
    );
  });
});

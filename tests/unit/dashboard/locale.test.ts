import { loadFunction } from '../../support/page-parts';

interface Formats {
  moment(at: Date): string;
  day(at: Date): string;
  clock(at: Date): string;
  number(value: number, digits?: number): string;
}
const formatsOf = loadFunction('locale.ts', 'formatsOf') as (languages: string[], zone?: string) => Formats;

const at = new Date('2026-11-03T22:05:09Z');
/** Releases of ICU differ in the blanks that they put. */
const plain = (words: string) => words.replaceAll(/\s/g, ' ');

it.each([
  ['en-GB', 'Europe/Berlin', '3 Nov 2026, 23:05:09 CET', '3 Nov 2026', '23:05:09'],
  ['en-US', 'America/New_York', 'Nov 3, 2026, 5:05:09 PM EST', 'Nov 3, 2026', '5:05:09 PM'],
  ['de-DE', 'Europe/Berlin', '03.11.2026, 23:05:09 MEZ', '03.11.2026', '23:05:09'],
  ['en-GB', 'Asia/Tokyo', '4 Nov 2026, 07:05:09 GMT+9', '4 Nov 2026', '07:05:09'],
])('dates are those of %s in %s', (language, zone, moment, day, clock) => {
  const formats = formatsOf([language], zone);
  expect(plain(formats.moment(at))).toBe(moment);
  expect(formats.day(at)).toBe(day);
  expect(plain(formats.clock(at))).toBe(clock);
});

it.each([
  ['en-GB', 'Europe/Berlin', '3 Jul 2026, 14:00:00 CEST'],
  ['en-US', 'America/New_York', 'Jul 3, 2026, 8:00:00 AM EDT'],
  ['de-DE', 'Europe/Berlin', '03.07.2026, 14:00:00 MESZ'],
  ['en-GB', 'Asia/Tokyo', '3 Jul 2026, 21:00:00 GMT+9'],
])('a summer moment of %s in %s names the summer zone', (language, zone, moment) => {
  expect(plain(formatsOf([language], zone).moment(new Date('2026-07-03T12:00:00Z')))).toBe(moment);
});

it.each([
  ['en-GB', '12,345', '1.5'],
  ['de-DE', '12.345', '1,5'],
])('numbers are those of %s', (language, count, fraction) => {
  const formats = formatsOf([language]);
  expect(formats.number(12_345)).toBe(count);
  expect(formats.number(1.5, 1)).toBe(fraction);
});

it('the first language that a browser knows counts, and English when it knows none', () => {
  expect(formatsOf(['en-US@posix', 'tlh', 'en-GB', 'de'], 'UTC').day(at)).toBe('3 Nov 2026');
  expect(formatsOf([], 'UTC').day(at)).toBe('Nov 3, 2026');
});

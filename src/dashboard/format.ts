import { formats } from './locale';
import { text } from './texts';

export { formatDuration } from '../base/text/duration';
export { formatCount } from './locale';

/** The language of the page's words. Dates and numbers follow the viewer's: see `locale`. */
const language = 'en';

/** Bytes in binary units, as in RAUC and `ls -h`: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const unit = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  const value = bytes / 1024 ** unit;
  return `${formats.number(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit] ?? ''}`;
}

/** A part of a whole in whole percent; 0 and 100 only when exact. */
export function formatPercent(part: number, whole: number): string {
  if (whole === 0) return '0\u00a0%';
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return '<\u00a01\u00a0%';
  if (part < whole && percent > 99) return '>\u00a099\u00a0%';
  return `${Math.round(percent)}\u00a0%`;
}

const steps: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [30, 'day'],
  [12, 'month'],
  [Infinity, 'year'],
];
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });

/** How long ago or in how long: `5 min. ago`, `in 2 days`. */
export function formatAgo(moment: Date, now: Date): string {
  let amount = (moment.getTime() - now.getTime()) / 1000;
  if (Math.abs(amount) < 10) return relative.format(0, 'second');
  for (const [size, unit] of steps) {
    if (Math.abs(amount) < size) return relative.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return '';
}

/** In the viewer's time zone and format. */
export function formatMoment(moment: Date): string {
  return formats.moment(moment);
}

export function formatDay(moment: Date): string {
  return formats.day(moment);
}

export function formatClock(moment: Date): string {
  return formats.clock(moment);
}

/** The moment in UTC to the second, for comparing with logs. */
export function formatUtc(moment: Date): string {
  return text.common.utc(moment.toISOString().slice(0, 19).replace('T', ' '));
}

/** The start of a hash, enough to compare by eye. */
export function formatHash(hash: string): string {
  return hash.slice(0, 12);
}

/** The word for a state of the API, for use within a sentence. */
export function stateWord(state: string): string {
  return text.state[state] ?? state;
}

/** The same word, for use on its own. */
export function stateLabel(state: string): string {
  const word = stateWord(state);
  return `${word.slice(0, 1).toLocaleUpperCase(language)}${word.slice(1)}`;
}

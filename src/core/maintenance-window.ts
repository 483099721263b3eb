import { RecentMap } from '../base/collections/recent-map';
import { DomainError } from './errors';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Times of the week at which installations may begin. */
export interface MaintenanceWindow {
  /** On which days it opens; at least one. */
  readonly days: readonly Weekday[];
  /** `HH:MM`, when it opens. */
  readonly from: string;
  /** `HH:MM`, when it closes: on the next day when it is not after `from`. */
  readonly to: string;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

/**
 * Reads a window as people write it: `sat,sun 01:00-05:00 Europe/Berlin`; `daily` or `mon-fri` for the days. Without a zone
 * it is UTC.
 * @throws DomainError `invalid-input`
 */
export function parseWindow(text: string): MaintenanceWindow {
  const match = /^(\S+) +(\d\d:\d\d)-(\d\d:\d\d)(?: +(\S+))?$/.exec(text.trim());
  const [, days = '', from = '', to = '', timeZone = 'UTC'] = match ?? [];
  const parsed = match === null ? undefined : parseDays(days);
  if (parsed === undefined || !isClock(from) || !isClock(to) || !isTimeZone(timeZone)) {
    throw new DomainError('invalid-input', `${JSON.stringify(text.slice(0, 80))} is not a window`, {
      remedy: 'Write it as "sat,sun 01:00-05:00 Europe/Berlin", or "daily 22:00-04:00" for UTC.',
    });
  }
  return { days: parsed, from, to, timeZone };
}

export function formatWindow({ days, from, to, timeZone }: MaintenanceWindow): string {
  return `${days.length === weekdays.length ? 'daily' : days.join(',')} ${from}-${to} ${timeZone}`;
}

/** Whether a window is open. One that begins and ends at the same time of day is open for a whole day. */
export function isWindowOpen({ days, from, to, timeZone }: MaintenanceWindow, at: Date): boolean {
  const { day, clock } = localTime(at, timeZone);
  const today = weekdays[day];
  const yesterday = weekdays[(day + 6) % 7];
  const opensOn = (weekday: Weekday | undefined) => weekday !== undefined && days.includes(weekday);
  if (from < to) return opensOn(today) && clock >= from && clock < to;
  return (opensOn(today) && clock >= from) || (opensOn(yesterday) && clock < to);
}

function parseDays(text: string): readonly Weekday[] | undefined {
  if (text === 'daily') return weekdays;
  const found = new Set<Weekday>();
  for (const part of text.toLowerCase().split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const start = weekdays.findIndex((day) => day === first);
    const end = weekdays.findIndex((day) => day === last);
    if (start < 0 || end < 0 || more.length > 0) return undefined;
    for (let at = start; ; at = (at + 1) % 7) {
      const day = weekdays[at];
      if (day !== undefined) found.add(day);
      if (at === end) break;
    }
  }
  return weekdays.filter((day) => found.has(day));
}

function isClock(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/** There are not many zones, but as many spellings of each as it has letters. */
const formatters = new RecentMap<string, Intl.DateTimeFormat>(256);

/** Making one costs a hundred times what using it does. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return formatters.getOrMake(
    timeZone,
    () =>
      new Intl.DateTimeFormat('en-GB', {
        timeZone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  );
}

function localTime(at: Date, timeZone: string): { readonly day: number; readonly clock: string } {
  const parts = formatterOf(timeZone).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const day = weekdays.findIndex((weekday) => weekday === part('weekday').toLowerCase());
  return { day, clock: `${part('hour')}:${part('minute')}` };
}

import { DomainError } from './errors';
import type { WindowReason } from './reasons/window';
import { isTimeZone, localMinute, skippedAt } from './local-time';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A zone that moves across the date line skips a day. */
const longestSkipMs = dayMs;

/** Times of the week when installations may begin. */
export interface MaintenanceWindow {
  /** The days on which it opens; at least one. */
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
 * @throws DomainError `invalid-input` that names the wrong part
 */
export function parseWindow(text: string): MaintenanceWindow {
  const [days = '', times, timeZone = 'UTC', ...more] = text.trim().split(/ +/);
  const parsed = parseDays(days);
  if (parsed === undefined) throw notWindow(text, 'window-day-unknown', wrongDay(days));
  if (times === undefined) throw notWindow(text, 'window-without-times', '');
  const [from = '', to, ...others] = times.split('-');
  if (to === undefined || others.length > 0) {
    throw notWindow(text, 'window-times-not-two', times);
  }
  const wrong = [from, to].find((clock) => !isClock(clock));
  if (wrong !== undefined) throw notWindow(text, 'window-time-wrong', wrong);
  if (!isTimeZone(timeZone)) throw notWindow(text, 'window-zone-unknown', timeZone);
  const [tooMuch] = more;
  if (tooMuch !== undefined) throw notWindow(text, 'window-word-too-many', tooMuch);
  return { days: parsed, from, to, timeZone };
}

function notWindow(text: string, reason: WindowReason, part: string): DomainError {
  return DomainError.of(reason, { text: text.slice(0, 80), part: part.slice(0, 80) });
}

function wrongDay(days: string): string {
  return days.split(',').find((part) => parseDays(part) === undefined) ?? days;
}

export function formatWindow({ days, from, to, timeZone }: MaintenanceWindow): string {
  return `${days.length === weekdays.length ? 'daily' : days.join(',')} ${from}-${to} ${timeZone}`;
}

/**
 * Whether a window is open. A window that begins and ends at the same time of day is open for a whole day. If it lies wholly
 * within the time that clocks skip, it opens when they are set, for its usual length. In the time that they repeat, it is open
 * twice.
 */
export function isWindowOpen(window: MaintenanceWindow, at: Date): boolean {
  const now = localMinute(at, window.timeZone);
  return isOpenByClock(window, now) || isOpenAfterSkip(window, at, now);
}

function isOpenByClock({ days, from, to }: MaintenanceWindow, now: number): boolean {
  const clock = timeOfDay(now);
  const opens = clockMs(from);
  const closes = clockMs(to);
  if (opens < closes) return opensOn(days, now) && clock >= opens && clock < closes;
  return (opensOn(days, now) && clock >= opens) || (opensOn(days, now - dayMs) && clock < closes);
}

/** Called only when the window is closed by the clock, so that days without a change cost little. */
function isOpenAfterSkip({ days, from, to, timeZone }: MaintenanceWindow, at: Date, now: number): boolean {
  const earlier = new Date(at.getTime() - longestSkipMs - dayMs);
  const passedMs = wholeMinute(at) - wholeMinute(earlier);
  if (now - localMinute(earlier, timeZone) <= passedMs) return false; // no clock was set forward
  const lengthMs = (clockMs(to) - clockMs(from) + dayMs) % dayMs || dayMs;
  const midnight = now - timeOfDay(now);
  for (let day = midnight - longestSkipMs - dayMs; day <= midnight; day += dayMs) {
    if (!opensOn(days, day)) continue;
    const opensAt = skippedAt(day + clockMs(from), timeZone);
    if (opensAt === null || opensAt > at || at.getTime() - opensAt.getTime() >= lengthMs) continue;
    // A window that extends beyond the skipped time closes by the clock.
    if (day + clockMs(from) + lengthMs <= localMinute(opensAt, timeZone)) return true;
  }
  return false;
}

function opensOn(days: readonly Weekday[], local: number): boolean {
  const weekday = weekdays[(new Date(local).getUTCDay() + 6) % 7];
  return weekday !== undefined && days.includes(weekday);
}

/** Also works before 1970, for a clock that was never set. */
function timeOfDay(local: number): number {
  return ((local % dayMs) + dayMs) % dayMs;
}

/** @param clock `HH:MM` */
function clockMs(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
}

function wholeMinute(at: Date): number {
  return Math.floor(at.getTime() / minuteMs) * minuteMs;
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

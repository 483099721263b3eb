import { DomainError } from './errors';
import type { AssignmentWindowProblem } from './reasons/hawkbit';

/** When an assignment may install, as hawkBit's scripts specify it. */
export interface AssignmentWindow {
  /** A Quartz cron expression for when it opens: seconds, minutes, hours, days, months, weekdays and, perhaps, years. */
  readonly schedule: string;
  /** `HH:MM:SS`, for how long it stays open; less than a day. */
  readonly duration: string;
  /** Offset from UTC, such as `+01:00`. */
  readonly timezone: string;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words for `min` and the numbers that follow it. */
  readonly words?: readonly string[];
  /** A range may continue with `min` after `max`, such as FRI-MON. */
  readonly wraps: boolean;
}

const fields: readonly Field[] = [
  { name: 'seconds', min: 0, max: 59, wraps: true },
  { name: 'minutes', min: 0, max: 59, wraps: true },
  { name: 'hours', min: 0, max: 23, wraps: true },
  { name: 'days', min: 1, max: 31, wraps: true },
  {
    name: 'months',
    min: 1,
    max: 12,
    words: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
    wraps: true,
  },
  {
    name: 'weekdays',
    min: 1,
    max: 7,
    words: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    wraps: true,
  },
  { name: 'years', min: 1970, max: 2099, wraps: false },
];

interface Times {
  /** Seconds, minutes and hours, ascending. */
  readonly clock: readonly [readonly number[], readonly number[], readonly number[]];
  /** Ascending. */
  readonly years: readonly number[];
  readonly opensOn: (day: Date) => boolean;
  readonly offsetMs: number;
  readonly durationMs: number;
}

const dayMs = 86_400_000;
/** In characters, as in hawkBit: each poll of the device reads the schedule. */
const scheduleMaxLength = 128;

/**
 * Checks a window and returns it unchanged.
 * @throws DomainError `invalid-input` that names the wrong part, also for a window that never opens after `at`
 */
export function parseAssignmentWindow(window: AssignmentWindow, at: Date): AssignmentWindow {
  if (window.schedule.length > scheduleMaxLength) throw wrong('schedule', window.schedule, 'too-long');
  const times = timesOf(window);
  if (!isOpenAfter(times, at)) throw wrong('schedule', window.schedule, 'never-opens');
  return window;
}

/** @throws DomainError `invalid-input` for a window that {@link parseAssignmentWindow} does not accept */
export function isAssignmentWindowOpen(window: AssignmentWindow, at: Date): boolean {
  const times = timesOf(window);
  const local = at.getTime() + times.offsetMs;
  const today = Math.floor(local / dayMs) * dayMs;
  return [today, today - dayMs].some((day) => {
    const opened = lastOpening(times, day, local);
    return opened !== null && local - opened < times.durationMs;
  });
}

/** Whether it never opens again. @throws DomainError as {@link isAssignmentWindowOpen} */
export function isAssignmentWindowOver(window: AssignmentWindow, at: Date): boolean {
  return !isOpenAfter(timesOf(window), at);
}

/** The state of a window at a given time. */
export type AssignmentWindowState =
  | { readonly state: 'open' }
  | { readonly state: 'closed'; readonly opensAt: Date }
  | { readonly state: 'over' };

/** Whether it is open, when it opens next, or that it never does. @throws DomainError as {@link isAssignmentWindowOpen} */
export function assignmentWindowAt(window: AssignmentWindow, at: Date): AssignmentWindowState {
  if (isAssignmentWindowOpen(window, at)) return { state: 'open' };
  const times = timesOf(window);
  const local = at.getTime() + times.offsetMs;
  for (const day of daysFrom(times, local)) {
    const opening = firstOpening(times, day, local);
    if (opening !== null) return { state: 'closed', opensAt: new Date(opening - times.offsetMs) };
  }
  return { state: 'over' };
}

/** The first time of a day, no earlier than `from`, at which it opens; both in local milliseconds. */
function firstOpening({ clock, opensOn }: Times, day: number, from: number): number | null {
  if (!opensOn(new Date(day))) return null;
  const [seconds, minutes, hours] = clock;
  for (const hour of hours) {
    for (const minute of minutes) {
      const start = day + (hour * 60 + minute) * 60_000;
      const second = seconds.find((one) => start + one * 1_000 >= from);
      if (second !== undefined) return start + second * 1_000;
    }
  }
  return null;
}

/** The last time of a day, no later than `until`, at which it opens; both in local milliseconds. */
function lastOpening({ clock, opensOn }: Times, day: number, until: number): number | null {
  if (!opensOn(new Date(day))) return null;
  const [seconds, minutes, hours] = clock;
  for (const hour of hours.toReversed()) {
    for (const minute of minutes.toReversed()) {
      const start = day + (hour * 60 + minute) * 60_000;
      if (start > until) continue;
      const second = seconds.findLast((one) => start + one * 1_000 <= until);
      if (second !== undefined) return start + second * 1_000;
    }
  }
  return null;
}

/** Whether it is open at `at` or opens later. */
function isOpenAfter(times: Times, at: Date): boolean {
  const since = at.getTime() + times.offsetMs - times.durationMs;
  for (const day of daysFrom(times, since)) {
    const latest = lastOpening(times, day, Number.POSITIVE_INFINITY);
    if (latest !== null && latest > since) return true;
  }
  return false;
}

/** The days of its years, beginning with the day of `since`; all in local milliseconds. */
function* daysFrom({ years }: Times, since: number): Generator<number> {
  const firstDay = Math.floor(since / dayMs) * dayMs;
  const firstYear = new Date(firstDay).getUTCFullYear();
  for (const year of years.filter((one) => one >= firstYear)) {
    const end = Date.UTC(year + 1, 0);
    for (let day = Math.max(firstDay, Date.UTC(year, 0)); day < end; day += dayMs) yield day;
  }
}

/** @throws DomainError `invalid-input` */
function timesOf({ schedule, duration, timezone }: AssignmentWindow): Times {
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== 6 && parts.length !== 7) throw wrong('schedule', schedule, 'not-cron');
  const sets = fields.map((field, index) => numbersOf(parts[index] ?? '*', field, schedule));
  const [seconds = [], minutes = [], hours = [], days = [], months = [], weekdays = [], years = []] = sets;
  return {
    clock: [seconds, minutes, hours],
    years,
    opensOn: (day) =>
      days.includes(day.getUTCDate()) &&
      months.includes(day.getUTCMonth() + 1) &&
      weekdays.includes(day.getUTCDay() + 1) &&
      years.includes(day.getUTCFullYear()),
    offsetMs: offsetOf(timezone),
    durationMs: durationOf(duration),
  };
}

/** The numbers that one field stands for, ascending: `*`, `?`, `5`, `FRI-MON`, `0/15`, and several of them joined by commas. */
function numbersOf(text: string, field: Field, schedule: string): readonly number[] {
  const found = new Set<number>();
  for (const part of text.toUpperCase().split(',')) {
    const [range = '', step, ...more] = part.split('/');
    const [first, last] = rangeOf(range, field, step !== undefined);
    const by = step === undefined ? 1 : numberOf(step, { min: 1, max: field.max });
    if (first === undefined || last === undefined || by === undefined || more.length > 0)
      throw wrong(field.name, schedule, 'not-cron');
    if (first > last && !field.wraps) throw wrong(field.name, schedule, 'not-cron');
    const count = field.max - field.min + 1;
    const end = first > last ? last + count : last;
    for (let one = first; one <= end; one += by) found.add(one > field.max ? one - count : one);
  }
  return [...found].sort((a, b) => a - b);
}

function rangeOf(text: string, field: Field, hasStep: boolean): readonly (number | undefined)[] {
  if (text === '*' || text === '?') return [field.min, field.max];
  const [from = '', to, ...more] = text.split('-');
  if (more.length > 0) return [];
  const first = numberOf(from, field);
  if (to !== undefined) return [first, numberOf(to, field)];
  return [first, hasStep ? field.max : first];
}

function numberOf(
  text: string,
  { min, max, words = [] }: Pick<Field, 'min' | 'max' | 'words'>,
): number | undefined {
  const word = words.indexOf(text);
  if (word >= 0) return min + word;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

function durationOf(text: string): number {
  const [, hours, minutes, seconds] = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  if (!(ms > 0)) throw wrong('duration', text, 'not-duration');
  return ms;
}

function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(0\d|1[0-4]):([0-5]\d)$/.exec(text) ?? [];
  if (sign === undefined) throw wrong('timezone', text, 'not-offset');
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function wrong(part: string, text: string, problem: AssignmentWindowProblem): DomainError {
  return DomainError.of('assignment-window-wrong', { part, text: text.slice(0, 80), problem });
}

import { counted } from '../../../base/text/counted';

/** Parts of the sentences in this folder. */

/** How many devices a sentence lists. */
const maxNamed = 3;

/** Lists the first of `ids`, which may themselves be only the first of `count`. @param max how many to list */
export function named(ids: readonly string[], count: number, max = maxNamed): string {
  const shown = ids.slice(0, max);
  return `${shown.join(', ')}${count > shown.length ? ' and others' : ''}`;
}

/** A sentence with its full stop. @param text may end in what a person or a program wrote, with a stop of its own */
export function withFullStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** @param days whole days left, from 0 */
export function inDays(days: number): string {
  return days === 0 ? 'within a day' : `in ${counted(days, 'day')}`;
}

/** A time to the minute. @param instant in ISO 8601, in UTC */
export function minuteOf(instant: string): string {
  return `${instant.slice(0, 'YYYY-MM-DDTHH:MM'.length)}Z`;
}

/** @param instant in ISO 8601, in UTC */
export function dayOf(instant: string): string {
  return instant.slice(0, 'YYYY-MM-DD'.length);
}

/** What remains to be done about silent devices. @param revoked devices whose certificates are revoked */
export function areRevoked(revoked: readonly string[]): string {
  if (revoked.length === 0) return '';
  const [certificates, them] =
    revoked.length === 1 ? ['certificate', 'the device if it'] : ['certificates', 'those that'];
  return ` The ${certificates} of ${named(revoked, revoked.length)} ${revoked.length === 1 ? 'is' : 'are'} revoked: forget ${them} will not come back.`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A duration in its largest unit, rounded down. @param ms may be negative */
export function lengthOf(ms: number): string {
  const lengthMs = Math.abs(ms);
  const [unit, unitMs] = units.find(([, eachMs]) => lengthMs >= eachMs) ?? (['second', 1_000] as const);
  return counted(Math.floor(lengthMs / unitMs), unit);
}

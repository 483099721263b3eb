import { RecentMap } from '../base/collections/recent-map';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * What the clocks of a zone show, to the minute, in milliseconds as `Date.UTC` gives them for the same digits.
 * @param timeZone IANA name
 * @throws RangeError for an unknown zone
 */
export function localMinute(at: Date, timeZone: string): number {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
}

/** Whether this is the name of a zone. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * The moment at which clocks are set forward past a local time.
 * @param local as {@link localMinute} gives it
 * @returns `null` when the clocks of the zone show this time
 */
export function skippedAt(local: number, timeZone: string): Date | null {
  const aheadMs = (at: number) => localMinute(new Date(at), timeZone) - at;
  // No zone is further than a day from UTC.
  const before = aheadMs(local - 2 * dayMs);
  const after = aheadMs(local + 2 * dayMs);
  if (after <= before) return null;
  const isShown = [before, after].some((ahead) => aheadMs(local - ahead) === ahead);
  if (isShown) return null;
  let still = local - after;
  let set = local - before;
  while (set - still > minuteMs) {
    const middle = still + Math.max(1, Math.floor((set - still) / 2 / minuteMs)) * minuteMs;
    if (aheadMs(middle) === before) still = middle;
    else set = middle;
  }
  return new Date(set);
}

/** There are not many zones, but upper and lower case give each many spellings. */
const formatters = new RecentMap<string, Intl.DateTimeFormat>(256);

/** Making a formatter costs a hundred times as much as using it. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return formatters.getOrMake(
    timeZone,
    () =>
      new Intl.DateTimeFormat('en-GB', {
        timeZone,
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  );
}

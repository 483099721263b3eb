import { RecentMap } from '../base/collections/recent-map';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * What the clocks of a zone show, as milliseconds: those that `Date.UTC` gives for the same digits. Whole minutes, as people set clocks.
 * @param timeZone IANA name
 * @throws RangeError for a zone that is not known
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
 * The moment at which clocks that are set forward pass over a time of the day.
 * @param local as {@link localMinute} gives it
 * @returns `null` when the clocks of the zone do show this time
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

/** There are not many zones, but as many spellings of each as it has letters. */
const formatters = new RecentMap<string, Intl.DateTimeFormat>(256);

/** Making one costs a hundred times what using it does. */
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

/**
 * What the server knows about its own clock, which may be wrong before NTP sets it, with an empty battery, or after it was set by
 * hand.
 */

/** A clock that is off by no more than this was slewed or stepped by NTP, and counts as right; in milliseconds. */
export const clockToleranceMs = 60_000;

/** Why the clock looks wrong. */
export type ClockTrouble =
  /** It was set while the server ran. The server does not follow it, and uses its monotonic clock. */
  | { readonly kind: 'jumped'; readonly byMs: number; readonly sureAt: Date; readonly isFollowed: boolean }
  /** It is before a time at which the server ran. */
  | { readonly kind: 'behind'; readonly byMs: number; readonly sureAt: Date };

export const clockTroubleKinds = ['jumped', 'behind'] as const satisfies readonly ClockTrouble['kind'][];

/** A period in which the server was up and its clock was not set. Monotonic times are in milliseconds since the first start. */
export interface UpSpan {
  /** Grows from span to span. */
  readonly id: number;
  /** What the clock showed at its begin. */
  readonly fromAt: Date;
  readonly untilAt: Date;
  /** How long the server had been up by then, in all its runs. */
  readonly fromUpMs: number;
  readonly upMs: number;
  /** The same, including the time in which it was off, as far as its clock could tell. */
  readonly ageMs: number;
  /** The latest time that is known to have been right, and how long the server had been up then. */
  readonly sureAt: Date | null;
  readonly sureUpMs: number;
  /** By how much the clock is ahead since it jumped, while that may be wrong; else `null`. */
  readonly jumpedByMs: number | null;
}

/** Joins two consecutive spans, to limit their number. */
export function joinSpans(first: UpSpan, second: UpSpan): UpSpan {
  return {
    ...second,
    fromAt: new Date(Math.min(first.fromAt.getTime(), second.fromAt.getTime())),
    untilAt: new Date(Math.max(first.untilAt.getTime(), second.untilAt.getTime())),
    fromUpMs: first.fromUpMs,
  };
}

/**
 * The times that the clock showed during the latest stretch of this much uptime. A device whose last contact has another time was
 * silent throughout.
 * @param spans oldest first
 * @returns `null` when the server was not up for that long
 */
export function timesOfLast(
  spans: readonly UpSpan[],
  ms: number,
): { readonly from: Date; readonly until: Date } | null {
  const last = spans.at(-1);
  const [first] = spans;
  if (last === undefined || first === undefined || last.upMs - ms < first.fromUpMs) return null;
  const sinceUpMs = last.upMs - ms;
  let fromMs = Infinity;
  let untilMs = -Infinity;
  for (const span of spans) {
    if (span.upMs < sinceUpMs) continue;
    fromMs = Math.min(fromMs, wallAt(span, sinceUpMs));
    untilMs = Math.max(untilMs, span.untilAt.getTime());
  }
  return { from: new Date(fromMs), until: new Date(untilMs) };
}

/**
 * How long ago the clock showed a time, counted in server uptime. If the clock showed it more than once, the last time counts.
 * @param slackMs times up to this long after the end of a span belong to it
 * @returns `undefined` when the clock showed it in none of the spans
 */
export function ageOf(spans: readonly UpSpan[], at: Date, slackMs: number): number | undefined {
  const last = spans.at(-1);
  const shown = spans.findLast(
    ({ fromAt, untilAt }) =>
      at.getTime() >= fromAt.getTime() - clockToleranceMs && at.getTime() <= untilAt.getTime() + slackMs,
  );
  if (last === undefined || shown === undefined) return undefined;
  const sinceMs = Math.max(0, shown.untilAt.getTime() - at.getTime());
  const lengthMs = shown.upMs - shown.fromUpMs;
  return last.ageMs - shown.ageMs + Math.min(sinceMs, lengthMs);
}

/** A joined span does not record what its clock showed in between; its begin is early enough. */
function wallAt({ fromAt, untilAt, fromUpMs, upMs }: UpSpan, atUpMs: number): number {
  const isEven = Math.abs(untilAt.getTime() - fromAt.getTime() - (upMs - fromUpMs)) <= clockToleranceMs;
  return fromAt.getTime() + (isEven ? Math.max(0, atUpMs - fromUpMs) : 0);
}

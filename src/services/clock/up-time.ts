import {
  ageOf,
  type ClockTrouble,
  clockToleranceMs,
  joinSpans,
  timesOfLast,
  type UpSpan,
} from '../../core/server-clock';
import type { Clock, MonotonicClock } from '../../ports/clock';
import type { UpTimeRecords } from '../../ports/up-time';

export interface UpTimePorts {
  readonly records: UpTimeRecords;
  /** When the last line of the journal was written; `null` before the first. */
  readonly lastLineAt: Date | null;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

const saveEveryMs = 60_000;
/** Lines written in the last minute before a kill are later than the last saved span. */
const unsavedMs = 2 * saveEveryMs;
/** How long after a jump the new time counts as right. */
const sureAfterMs = 24 * 3_600_000;
const maxSpans = 500;

/**
 * How long the server has been up, over all its runs, by the monotonic clock: anything that counts time this way tolerates a
 * clock that is set. A kill loses at most a minute.
 */
export class UpTime {
  readonly #earlier: UpSpan[];
  readonly #removed: number[] = [];
  #span: UpSpan;
  /** The span as it was after the last look at the clock. */
  #judged: UpSpan | null = null;
  #readAtMs: number;
  #savedAtMs: number;
  /** Spans that are not completely on disk. */
  #unsaved: UpSpan[] = [];

  private constructor(
    private readonly ports: UpTimePorts,
    spans: readonly UpSpan[],
  ) {
    const at = ports.now();
    this.#earlier = [...spans];
    this.#readAtMs = ports.monotonicMs();
    this.#savedAtMs = this.#readAtMs;
    this.#span = firstSpan(at, spans.at(-1), latest(spans, ports.lastLineAt));
    this.#limit();
  }

  /** @throws DomainError `storage-full`, `unavailable` */
  static async start(ports: UpTimePorts): Promise<UpTime> {
    const upTime = new UpTime(ports, await ports.records.all());
    upTime.#tick();
    return upTime;
  }

  /** How long the server was up, in milliseconds, by the monotonic clock. */
  upMs(): number {
    return this.#tick().upMs;
  }

  /** The same, including the time it was off, as far as its clock showed that at the start. */
  ageMs(): number {
    return this.#tick().ageMs;
  }

  /** The latest time that is known to have been right; `null` before the first. */
  sureAt(): Date | null {
    return this.#tick().sureAt;
  }

  /**
   * The times that the clock showed during the last `ms` of uptime. Anything last heard from at another time was silent
   * throughout.
   * @returns `null` when the server was not up that long, so nothing can have been silent that long
   */
  timesOfLast(ms: number): { readonly from: Date; readonly until: Date } | null {
    const times = timesOfLast([...this.#earlier, this.#tick()], ms);
    return times && { from: times.from, until: new Date(times.until.getTime() + unsavedMs) };
  }

  /** How long ago the clock showed a time, in milliseconds, even if it was set since. It may be off by a minute. */
  agoMs(at: Date): number {
    const span = this.#tick();
    return ageOf([...this.#earlier, span], at, unsavedMs) ?? Math.abs(span.untilAt.getTime() - at.getTime());
  }

  /** Why the clock looks wrong; `null` when it does not. */
  trouble(): ClockTrouble | null {
    const { untilAt, sureAt, jumpedByMs } = this.#tick();
    if (sureAt === null) return null;
    if (jumpedByMs !== null) return { kind: 'jumped', byMs: jumpedByMs, sureAt, isFollowed: true };
    const byMs = untilAt.getTime() - sureAt.getTime();
    return byMs < -clockToleranceMs ? { kind: 'behind', byMs, sureAt } : null;
  }

  /** Accepts the present time as right, because someone confirmed it. */
  accept(): void {
    const { untilAt: sureAt, upMs: sureUpMs } = this.#span;
    this.#span = { ...this.#span, jumpedByMs: null, sureAt, sureUpMs };
  }

  /** Writes what is new, once a minute. Call it often. @throws DomainError `storage-full`, `unavailable` */
  async run(): Promise<void> {
    this.#tick();
    if (this.#readAtMs - this.#savedAtMs >= saveEveryMs || this.#unsaved.length > 0) await this.save();
  }

  /** Writes what is new. @throws DomainError `storage-full`, `unavailable` */
  async save(): Promise<void> {
    const span = this.#tick();
    const closed = [...this.#unsaved];
    const removed = [...this.#removed];
    this.#savedAtMs = this.#readAtMs;
    await this.ports.records.save([...closed, span], removed);
    this.#unsaved = this.#unsaved.filter((one) => !closed.includes(one));
    this.#removed.splice(0, removed.length);
  }

  #tick(): UpSpan {
    const at = this.ports.now();
    const monotonicMs = this.ports.monotonicMs();
    const passedMs = Math.max(0, monotonicMs - this.#readAtMs);
    const before = this.#span;
    const isNow = passedMs < 1 && at.getTime() === before.untilAt.getTime();
    if (isNow && before === this.#judged) return before; // asked many times in a row
    this.#readAtMs = monotonicMs;
    const grown = { ...before, upMs: before.upMs + passedMs, ageMs: before.ageMs + passedMs };
    const isSet = Math.abs(at.getTime() - before.untilAt.getTime() - passedMs) > clockToleranceMs;
    if (isSet) this.#close(before);
    const span: UpSpan = isSet
      ? {
          ...grown,
          id: before.id + 1,
          fromAt: at,
          untilAt: at,
          fromUpMs: grown.upMs,
          jumpedByMs: jumpOf(before, grown, at),
        }
      : { ...grown, untilAt: at };
    this.#span = judge(span);
    this.#judged = this.#span;
    return this.#span;
  }

  #close(span: UpSpan): void {
    this.#earlier.push(span);
    this.#unsaved.push(span);
    this.#limit();
  }

  #limit(): void {
    while (this.#earlier.length > maxSpans) {
      const [first, second] = this.#earlier;
      if (first === undefined || second === undefined) return;
      const joined = joinSpans(first, second);
      this.#earlier.splice(0, 2, joined);
      this.#removed.push(first.id);
      this.#unsaved = this.#unsaved.filter((one) => one !== first && one !== second).concat(joined);
    }
  }
}

/** Accepts the time as right when nothing contradicts it. */
function judge(span: UpSpan): UpSpan {
  const { untilAt, upMs, sureAt, sureUpMs, jumpedByMs } = span;
  if (jumpedByMs !== null && upMs - sureUpMs < sureAfterMs) return span;
  if (jumpedByMs === null && sureAt !== null && isBehind(untilAt, sureAt)) return span;
  const isSteppedBack = jumpedByMs === null && sureAt !== null && sureAt > untilAt;
  return { ...span, jumpedByMs: null, sureAt: isSteppedBack ? sureAt : untilAt, sureUpMs: upMs };
}

/** The span that begins with the process. */
function firstSpan(at: Date, last: UpSpan | undefined, sureAt: Date | null): UpSpan {
  const offMs = last === undefined ? 0 : Math.max(0, at.getTime() - last.untilAt.getTime());
  const upMs = last?.upMs ?? 0;
  // A clock still as far ahead as before the restart may still be wrong.
  const isStillAhead = last !== undefined && !isBehind(at, last.untilAt);
  return {
    id: (last?.id ?? 0) + 1,
    fromAt: at,
    untilAt: at,
    fromUpMs: upMs,
    upMs,
    ageMs: (last?.ageMs ?? 0) + offMs,
    sureAt,
    sureUpMs: last?.sureUpMs ?? 0,
    jumpedByMs: isStillAhead ? last.jumpedByMs : null,
  };
}

/** A line that is later than all spans was written right before a kill, or by a server that kept no spans. */
function latest(spans: readonly UpSpan[], lineAt: Date | null): Date | null {
  const last = spans.at(-1);
  const sureAt = last?.sureAt ?? null;
  if (lineAt === null || (last?.jumpedByMs ?? null) !== null) return sureAt;
  return spans.every(({ untilAt }) => lineAt > untilAt) ? lineAt : sureAt;
}

/** How far a clock that was set is ahead of what was expected; `null` when it was corrected, or is behind. */
function jumpOf(before: UpSpan, { upMs, sureUpMs, sureAt }: UpSpan, at: Date): number | null {
  if (sureAt === null || (before.jumpedByMs === null && isBehind(before.untilAt, sureAt))) return null;
  const aheadMs = at.getTime() - (sureAt.getTime() + upMs - sureUpMs);
  return aheadMs > clockToleranceMs ? aheadMs : null;
}

function isBehind(at: Date, than: Date): boolean {
  return at.getTime() < than.getTime() - clockToleranceMs;
}

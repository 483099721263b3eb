import { clockToleranceMs } from '../../core/server-clock';
import type { Clock, MonotonicClock } from '../../ports/clock';

/** How long a new time must last to be accepted, whoever set it; in milliseconds of the monotonic clock. */
export const followAfterMs = 15 * 60_000;

export interface SteadyClockPorts {
  /** What the machine's clock shows. */
  readonly wall: Clock;
  readonly monotonicMs: MonotonicClock;
}

/**
 * The server's time: the machine's clock, unless that jumps relative to the monotonic clock. The server follows a jump only once
 * it has lasted, so a clock that is briefly wrong opens no window, ends no offer and stamps no line.
 */
export class SteadyClock {
  #timeMs: number;
  #monotonicMs: number;
  /** How far the machine's clock is ahead of the monotonic one, once it differs from what was expected. */
  #doubt: { readonly aheadMs: number; readonly byMs: number; readonly sinceMs: number } | null = null;
  /** The same value before the last accepted jump. A clock that returns to it is right. */
  #aheadBefore: number | null = null;
  #knownMs = -Infinity;

  constructor(private readonly ports: SteadyClockPorts) {
    this.#timeMs = ports.wall().getTime();
    this.#monotonicMs = ports.monotonicMs();
  }

  /** The time. */
  readonly now: Clock = () => new Date(this.#read());

  /** By how much the machine's clock has jumped, in milliseconds, while that is not followed; else `null`. */
  doubtMs(): number | null {
    this.#read();
    return this.#doubt?.byMs ?? null;
  }

  /**
   * Says that this time is past. A clock that was behind it and is set to a later time was corrected, and is followed at once.
   */
  know(at: Date): void {
    this.#knownMs = at.getTime();
  }

  #read(): number {
    const wallMs = this.ports.wall().getTime();
    const monotonicMs = this.ports.monotonicMs();
    const expectedMs = this.#timeMs + Math.max(0, monotonicMs - this.#monotonicMs);
    const aheadBefore = this.#timeMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
    const aheadMs = wallMs - monotonicMs;
    const byMs = wallMs - expectedMs;
    if (isNear(byMs, 0)) {
      this.#doubt = null;
      return (this.#timeMs = wallMs);
    }
    if (this.#doubt === null || !isNear(aheadMs, this.#doubt.aheadMs))
      this.#doubt = { aheadMs, byMs, sinceMs: monotonicMs };
    const isPutRight = expectedMs < this.#knownMs && wallMs >= this.#knownMs;
    const isBack = this.#aheadBefore !== null && isNear(aheadMs, this.#aheadBefore);
    const hasLasted = monotonicMs - this.#doubt.sinceMs >= followAfterMs;
    if (!isPutRight && !isBack && !hasLasted) return (this.#timeMs = expectedMs);
    this.#aheadBefore = isPutRight ? null : aheadBefore;
    this.#doubt = null;
    return (this.#timeMs = wallMs);
  }
}

function isNear(aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) <= clockToleranceMs;
}

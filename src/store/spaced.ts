import type { MonotonicClock } from '../ports/clock';

/** A fleet of this size is counted at most once a second, one of ten times the size every ten seconds. */
const devicesPerSecond = 50_000;
/** Smaller fleets are counted on every request. */
const smallFleet = 10_000;

/** The longest that a count which takes a moment is reused while another one is made, in milliseconds. */
export const whileRecountedMs = 300_000;

/** The number of devices in all groups. */
export function sumOfDevices(counted: readonly { readonly devices: number }[]): number {
  return counted.reduce((sum, { devices }) => sum + devices, 0);
}

/**
 * A count of the whole fleet that is reused for a while: the larger the fleet, the more it costs and the longer it is
 * reused. So counting takes a small share of the process, however often it is requested. Whoever asks later waits for another count, or
 * gets the old one while that is made.
 */
export class SpacedCount<Result> {
  #counting: Promise<Result> | undefined;
  #last: { readonly result: Result; readonly untilMs: number } | undefined;

  /**
   * @param sizeOf how many rows were counted
   * @param recountMs for how long after that an old count is good enough while another one is made
   */
  constructor(
    private readonly count: () => Promise<Result>,
    private readonly sizeOf: (result: Result) => number,
    private readonly recountMs = 0,
    private readonly elapsedMs: MonotonicClock = () => performance.now(),
  ) {}

  /** Concurrent callers share one count. */
  get(): Promise<Result> {
    const last = this.#last;
    const lateMs = last === undefined ? Infinity : this.elapsedMs() - last.untilMs;
    if (last !== undefined && lateMs < 0) return Promise.resolve(last.result);
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    if (last === undefined || lateMs >= this.recountMs) return this.#counting;
    this.#counting.catch(() => undefined); // whoever asks once the old count is too old is told
    return Promise.resolve(last.result);
  }

  async #count(): Promise<Result> {
    const result = await this.count();
    const size = this.sizeOf(result);
    const restMs = size > smallFleet ? (size / devicesPerSecond) * 1_000 : 0;
    this.#last = restMs === 0 ? undefined : { result, untilMs: this.elapsedMs() + restMs };
    return result;
  }
}

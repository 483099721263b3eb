import type { MonotonicClock } from '../../ports/clock';

/** A fleet of this size is counted again after a second at the earliest, one of ten times the size after ten. */
const devicesPerSecond = 50_000;
/** A smaller one is counted on every request. */
const smallFleet = 10_000;

/**
 * A count of the whole fleet that is not counted anew each time somebody asks: what it costs grows with the fleet, and so does
 * the time for which it stays good. So those who ask get a small share of the process, however often they do.
 */
export class SpacedCount<Result> {
  #counting: Promise<Result> | undefined;
  #last: { readonly result: Result; readonly untilMs: number } | undefined;

  /** @param sizeOf how many rows the count went over */
  constructor(
    private readonly count: () => Promise<Result>,
    private readonly sizeOf: (result: Result) => number,
    private readonly elapsedMs: MonotonicClock = () => performance.now(),
  ) {}

  /** Those who ask while it is being counted get the same. */
  get(): Promise<Result> {
    if (this.#last !== undefined && this.elapsedMs() < this.#last.untilMs)
      return Promise.resolve(this.#last.result);
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  async #count(): Promise<Result> {
    const result = await this.count();
    const size = this.sizeOf(result);
    const restMs = size > smallFleet ? (size / devicesPerSecond) * 1_000 : 0;
    this.#last = restMs === 0 ? undefined : { result, untilMs: this.elapsedMs() + restMs };
    return result;
  }
}

/** A fleet of this size is counted again after a second at the earliest, one of ten times the size after ten. */
const devicesPerSecond = 50_000;
/** A smaller one is counted whenever somebody asks. */
const smallFleet = 10_000;

/**
 * A count of the whole fleet that is not counted anew each time somebody asks: what it costs grows with the fleet, and so does
 * the time for which it stays good. So those who ask get a small share of the process, however often they do.
 * @param sizeOf how many rows the count went over
 * @param elapsedMs a clock that nobody sets, in milliseconds
 */
export function spaced<Result>(
  count: () => Result,
  sizeOf: (result: Result) => number,
  elapsedMs: () => number = () => performance.now(),
): () => Result {
  let last: { readonly result: Result; readonly untilMs: number } | undefined;
  return () => {
    if (last !== undefined && elapsedMs() < last.untilMs) return last.result;
    const result = count();
    const size = sizeOf(result);
    const restMs = size > smallFleet ? (size / devicesPerSecond) * 1_000 : 0;
    last = restMs === 0 ? undefined : { result, untilMs: elapsedMs() + restMs };
    return result;
  };
}

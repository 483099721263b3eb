/** The slowest rate at which a server rereads a bundle, in bytes per millisecond: that of a small board with a slow card. */
const slowestBytesPerMs = 20_000;
const patienceMs = 30_000;
const longestPauseMs = 15_000;

/**
 * The pauses, in milliseconds, between checks for an upload whose answer was lost: the server may still be checking the bundle.
 * In total they last half a minute, or longer for a large bundle.
 */
export function lookPauses(sizeBytes: number): readonly number[] {
  const limitMs = patienceMs + sizeBytes / slowestBytesPerMs;
  const pauses: number[] = [];
  let sumMs = 0;
  for (let pauseMs = 1_000; sumMs < limitMs; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    pauses.push(pauseMs);
    sumMs += pauseMs;
  }
  return pauses;
}

/** How fast a server reads a bundle again at the least, in bytes a millisecond: a small board with a slow card. */
const slowestBytesPerMs = 20_000;
const patienceMs = 30_000;
const longestPauseMs = 15_000;

/**
 * The pauses, in milliseconds, between looks at a server for an upload whose answer was lost: it may still be checking the bundle.
 * Together they last half a minute, and longer for a large bundle.
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

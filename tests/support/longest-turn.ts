import { threadTimeMs } from '../../src/rauc/thread-time';

/**
 * How long the event loop was held at the most while work was done, in milliseconds of its own processor time: on a busy
 * machine, other programs make every timer late.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let lastMs = threadTimeMs();
  const look = () => {
    const nowMs = threadTimeMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return longestMs;
}

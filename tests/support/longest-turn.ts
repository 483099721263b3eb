import { performance, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { threadTimeMs } from '../../src/rauc/thread-time';

/** One turn of the event loop, or several short ones. */
interface Turn {
  /** In the time of `performance.now()`. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** CPU time of this thread. */
  readonly usedMs: number;
}

/**
 * The longest time that work blocked the event loop, in milliseconds of its own CPU time: on a busy machine, other programs make every
 * timer late. Pauses for garbage collection do not count, because their length depends on everything that earlier tests left in this process.
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const collections: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  const turns: Turn[] = [];
  let last = { atMs: performance.now(), usedMs: threadTimeMs() };
  const look = () => {
    const now = { atMs: performance.now(), usedMs: threadTimeMs() };
    turns.push({ fromMs: last.atMs, untilMs: now.atMs, usedMs: now.usedMs - last.usedMs });
    last = now;
  };
  const timer = setInterval(look, 1);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  await new Promise(setImmediate); // pauses are reported in a separate turn
  collections.push(...observer.takeRecords());
  observer.disconnect();
  return Math.max(...turns.map((turn) => turn.usedMs - collectedMs(turn, collections)));
}

function collectedMs({ fromMs, untilMs }: Turn, collections: readonly PerformanceEntry[]): number {
  return collections
    .filter(({ startTime }) => startTime >= fromMs && startTime < untilMs)
    .reduce((sum, { duration }) => sum + duration, 0);
}

import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '../../core/errors';

/**
 * Waits for work that continues even if it takes longer.
 * @param limitMs in milliseconds
 * @throws DomainError `unavailable` when it takes longer
 */
export async function within(limitMs: number, work: Promise<void>): Promise<void> {
  if (limitMs === Infinity) {
    await work;
    return;
  }
  const stop = new AbortController();
  const late = delay(limitMs, undefined, { signal: stop.signal }).then(
    () => {
      throw DomainError.of('bundle-still-arriving');
    },
    () => undefined,
  );
  try {
    await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { OptionalPart } from '../../core/crash';

const running = new AsyncLocalStorage<OptionalPart>();

/** Runs work so that an exception in any of its callbacks is known to come from a part: see {@link failingPart}. */
export function asPart<Result>(part: OptionalPart, work: () => Result): Result {
  return running.run(part, work);
}

/** Call it where an exception arrived that nothing caught. @returns the part that it came from; `null` for any other */
export function failingPart(): OptionalPart | null {
  return running.getStore() ?? null;
}

import { AsyncLocalStorage } from 'node:async_hooks';
import type { OptionalPart } from '../../core/crash';

const running = new AsyncLocalStorage<OptionalPart>();

/** Runs work of a part, and attributes exceptions in any of its callbacks to the part: see {@link failingPart}. */
export function asPart<Result>(part: OptionalPart, work: () => Result): Result {
  return running.run(part, work);
}

/** Call it in the handler of an uncaught exception. @returns the part that threw it; `null` if no optional part did */
export function failingPart(): OptionalPart | null {
  return running.getStore() ?? null;
}

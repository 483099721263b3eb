import { nothingMissing } from '../reasons/nothing-missing';
import type { ReasonParameters } from '../reasons/reason-words';
import type { Circumstance, Circumstances, SayWhy } from '../reasons/why';

/**
 * The sentence in a table for a circumstance; `undefined` for one of another version, whose parameters may differ.
 * @param say makes the sentences of the reasons within it
 */
export function sentenceFrom(
  table: Circumstances,
  { code, parameters }: Circumstance,
  say: SayWhy,
): string | undefined {
  if (!Object.hasOwn(table, code)) return undefined;
  const words = table[code] as ((parameters: ReasonParameters, say: SayWhy) => string) | undefined;
  try {
    return words?.(nothingMissing(parameters), say);
  } catch {
    return undefined;
  }
}

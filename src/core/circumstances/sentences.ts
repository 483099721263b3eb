import type { Circumstance, Why } from '../reasons/why';
import { circumstances } from './catalogue';
import { sentenceFrom } from './sentence-from';

/**
 * Makes the sentence of a reason, for people. Text written by people or devices stays as it is. If another version made the
 * circumstance and there are no words for it here, returns its code.
 */
export function sayWhy(why: Why): string {
  return typeof why === 'string' ? why : (knownSentence(why) ?? why.code);
}

/** Like {@link sayWhy}, for a reason that may be missing. */
export function sayAny(why: Why | null): string | null {
  return why === null ? null : sayWhy(why);
}

/** Whether two reasons say the same, even if one is a sentence that an earlier version stored. */
export function isSameWhy(one: Why | null, other: Why | null): boolean {
  return one === other || (one !== null && other !== null && sayWhy(one) === sayWhy(other));
}

/** The sentence of a circumstance; `undefined` for one that only another version knows. */
export function knownSentence(circumstance: Circumstance): string | undefined {
  return sentenceFrom(circumstances, circumstance, sayWhy);
}

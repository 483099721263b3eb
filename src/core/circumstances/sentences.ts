import type { Circumstance, Why } from '../reasons/why';
import { circumstances } from './catalogue';
import { sentenceFrom } from './sentence-from';

/**
 * Makes the sentence of a reason, for people; what they or a device wrote stays as it is. For a circumstance of another version without words
 * here, it is the code.
 */
export function sayWhy(why: Why): string {
  return typeof why === 'string' ? why : (knownSentence(why) ?? why.code);
}

/** {@link sayWhy}, where there may be no reason. */
export function sayAny(why: Why | null): string | null {
  return why === null ? null : sayWhy(why);
}

/** Whether two reasons say the same, even if one is the sentence that an earlier version stored. */
export function isSameWhy(one: Why | null, other: Why | null): boolean {
  return one === other || (one !== null && other !== null && sayWhy(one) === sayWhy(other));
}

/** The sentence of a circumstance; `undefined` for one that another version knows. */
export function knownSentence(circumstance: Circumstance): string | undefined {
  return sentenceFrom(circumstances, circumstance, sayWhy);
}

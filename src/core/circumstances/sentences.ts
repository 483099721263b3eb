import { nothingMissing } from '../reasons/nothing-missing';
import type { ReasonParameters } from '../reasons/reason-words';
import type { Circumstance, SayWhy, Why } from '../reasons/why';
import { type CircumstanceCode, circumstances } from './catalogue';

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

/** The sentence of a circumstance; `undefined` for one that another version knows, which may need other parameters. */
export function knownSentence({ code, parameters }: Circumstance): string | undefined {
  if (!isCircumstanceCode(code)) return undefined;
  const words = circumstances[code] as (parameters: ReasonParameters, say: SayWhy) => string;
  try {
    return words(nothingMissing(parameters), sayWhy);
  } catch {
    return undefined;
  }
}

function isCircumstanceCode(code: string): code is CircumstanceCode {
  return Object.hasOwn(circumstances, code);
}

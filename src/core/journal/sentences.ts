import { nothingMissing } from '../reasons/nothing-missing';
import type { ReasonParameters } from '../reasons/reason-words';
import { type EventReason, type LineCode, lines } from './catalogue';

interface Told {
  readonly kind: string;
  /** The sentence that an earlier version stored. */
  readonly message: string;
  readonly reason: EventReason | null;
}

/**
 * Makes the sentence of a journal line, for people. If another version wrote the line and there are no words for it here, returns
 * the sentence stored with it, or else its kind.
 */
export function messageOf({ kind, message, reason }: Told): string {
  const said = reason === null ? undefined : knownSentence(reason);
  return said ?? (message === '' ? kind : message);
}

/** Makes the sentence of a line that this version wrote, for a log. */
export function sentenceOf({ code, parameters }: EventReason<LineCode>): string {
  // Parameters were checked against the code where the line was made.
  return (lines[code] as (parameters: ReasonParameters) => string)(parameters);
}

function knownSentence({ code, parameters }: EventReason): string | undefined {
  if (!isLineCode(code)) return undefined;
  try {
    return sentenceOf({ code, parameters: nothingMissing(parameters) });
  } catch {
    return undefined; // another version needs other parameters
  }
}

function isLineCode(code: string): code is LineCode {
  return Object.hasOwn(lines, code);
}

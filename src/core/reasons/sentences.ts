import { catalogue, type Reason, type ReasonCode } from './catalogue';
import type { ReasonParameters, ReasonWords } from './reason-words';

type Words = (parameters: ReasonParameters) => string;

/** Whether the catalogue has words for a code: a newer server may know more. */
export function isReasonCode(code: unknown): code is ReasonCode {
  return typeof code === 'string' && Object.hasOwn(catalogue, code);
}

/** Makes the sentence of a reason, for people. */
export function sentenceOf({ code, parameters }: Reason): string {
  // The catalogue has checked parameters against code where the reason was made.
  return (catalogue[code].says as Words)(parameters);
}

/** What to do about it; `undefined` if that is obvious. */
export function remedyOf({ code, parameters }: Reason): string | undefined {
  const { remedy }: ReasonWords = catalogue[code];
  return typeof remedy === 'function' ? (remedy as Words)(parameters) : remedy;
}

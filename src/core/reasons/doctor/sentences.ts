import type { ReasonParameters } from '../reason-words';
import { anyFindings } from './any-check';
import { dataFindings } from './data';
import type { FindingWords } from './doctor-words';
import { machineFindings } from './machine';
import { networkFindings } from './network';
import { type SkipCode, skippedWords } from './skipped';

/** Everything that `doctor` finds, in English. A translation is another table with the same keys. */
export const findingWords = { ...anyFindings, ...machineFindings, ...dataFindings, ...networkFindings };

type Words = typeof findingWords;
export type FindingCode = keyof Words;

/** The parameters of a function; none for a string, or a function without parameters. */
type Needed<Part> = Part extends (parameters: infer Needs extends object) => string ? Needs : unknown;

/** The parameters of a finding's sentence and remedy. */
export type FindingParameters<Code extends FindingCode> = Needed<Words[Code]['says']> &
  Needed<Words[Code]['remedy']>;

/** A finding as it is sent; its words are made at the edge. */
export interface FindingReason {
  readonly code: FindingCode;
  readonly parameters: ReasonParameters;
}

type Rest<Code extends FindingCode> =
  object extends FindingParameters<Code>
    ? [parameters?: FindingParameters<Code>]
    : [parameters: FindingParameters<Code>];

/** @param given what the finding's words need; its type follows from the code */
export function finding<Code extends FindingCode>(code: Code, ...[given]: Rest<Code>): FindingReason {
  return { code, parameters: { ...given } };
}

type Make = (parameters: ReasonParameters) => string;

/** Makes the sentence of a finding, for people. */
export function findingSentence({ code, parameters }: FindingReason): string {
  // Parameters were checked against the code where the finding was made.
  return (findingWords[code].says as Make)(parameters);
}

/** What to do about it. */
export function findingRemedy({ code, parameters }: FindingReason): string {
  const { remedy }: FindingWords = findingWords[code];
  return typeof remedy === 'string' ? remedy : (remedy as Make)(parameters);
}

/** Why something was not checked, for people. */
export function skipSentence(code: SkipCode): string {
  return skippedWords[code];
}

import { sayWhy } from './circumstances/sentences';
import type { Said, VerdictCode } from './offer-verdict';
import { wordsOf } from './offer-words';

/** Makes the sentence of a verdict or a reason, for people. */
export function sentenceOf(said: Said<VerdictCode>): string {
  return wordsOf(said, sayWhy);
}

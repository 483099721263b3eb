import { sayWhy } from './circumstances/sentences';
import type { Said, VerdictCode } from './offer-verdict';
import { isVerdictCode, wordsOf } from './offer-words';
import { nothingMissing } from './reasons/nothing-missing';
import type { NestedReason } from './reasons/reason-words';

/** Makes the sentence of a verdict or a reason, for people. */
export function sentenceOf(said: Said<VerdictCode>): string {
  return wordsOf(said, sayWhy);
}

/** The sentence of a server's verdict; `undefined` for one of another version, whose parameters may differ. */
export function knownVerdict({ code, parameters }: NestedReason): string | undefined {
  if (!isVerdictCode(code)) return undefined;
  try {
    return sentenceOf({ code, parameters: nothingMissing(parameters) as Said<VerdictCode>['parameters'] });
  } catch {
    return undefined;
  }
}

import { camelCase } from '../../../base/text/field-names';
import type { ExplainedOfferJson } from '../../../contract/explanation';
import { knownVerdict } from '../../../core/offer-sentences';
import type { ReasonParameters } from '../../../core/reasons/reason-words';

type Answer = ExplainedOfferJson & { readonly protocol: string };

/** An answer in the page's own words; for what the page does not know, it uses the server's words. */
export function inPageWords(answer: Answer): Answer {
  const { reason, parameters, message, rules } = answer;
  return {
    ...answer,
    message: wordsOf(reason, parameters, message),
    rules: rules.map((rule) => ({ ...rule, message: wordsOf(rule.reason, rule.parameters, rule.message) })),
  };
}

function wordsOf(code: string | null, parameters: ExplainedOfferJson['parameters'], message: string): string {
  if (code === null) return message;
  return knownVerdict({ code, parameters: camelCase(parameters ?? {}) as ReasonParameters }) ?? message;
}

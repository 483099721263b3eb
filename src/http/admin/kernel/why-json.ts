import { snakeCase } from '../../../base/text/field-names';
import type { WhyJson } from '../../../contract/why';
import { sayAny } from '../../../core/circumstances/sentences';
import type { Why } from '../../../core/reasons/why';

/** A reason as a sentence, and as a code with parameters if the server has found it. */
export function presentWhy(why: Why | null): WhyJson & { readonly reason: string | null } {
  const coded = why === null || typeof why === 'string' ? null : why;
  return {
    reason: sayAny(why),
    reason_code: coded?.code ?? null,
    reason_parameters: coded === null ? null : snakeCase(coded.parameters),
  };
}

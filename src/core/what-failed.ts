import { circumstance } from './circumstances/catalogue';
import type { DomainError } from './errors';
import type { Why } from './reasons/why';

/**
 * A failure as a finding.
 * @param byDefault the remedy if the failure has none
 */
export function whatFailed<Default extends Why | null>(
  { message, remedy, reason }: DomainError,
  byDefault: Default,
): { readonly message: Why; readonly remedy: Why | Default } {
  if (reason === undefined) return { message, remedy: remedy ?? byDefault };
  return {
    message: circumstance('failed-with', { reason }),
    remedy: remedy === undefined ? byDefault : circumstance('remedy-of-failure', { reason }),
  };
}

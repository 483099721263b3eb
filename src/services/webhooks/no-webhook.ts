import { DomainError } from '../../core/errors';

/** The refusal for a name that no webhook has. */
export function noWebhook(name: string): DomainError {
  return DomainError.of('no-such-webhook', { name: name.slice(0, 80) });
}

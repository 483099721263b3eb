import { DomainError } from '../../core/errors';

/** The refusal for a name that no webhook has. */
export function noWebhook(name: string): DomainError {
  return new DomainError('not-found', `there is no webhook ${JSON.stringify(name.slice(0, 80))}`, {
    remedy: 'List the webhooks to see their names.',
  });
}

import { DomainError } from '../../../core/errors';

/** While a decision about many devices is prepared, other work runs after each batch of this size. */
export const devicesPerTurn = 100;

/** How often a decision is retried because the device changed in the same moment. */
export const maxRounds = 5;

/** @throws anything that is not a refusal */
export function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}

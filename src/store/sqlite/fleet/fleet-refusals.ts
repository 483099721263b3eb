import { DomainError } from '../../../core/errors';

/** While a decision about many devices is prepared, others have their turn after so many. */
export const devicesPerTurn = 100;

/** So often is a person's decision made again because the device went on in the same moment. */
export const maxRounds = 5;

/** @param who with its verb */
export function changesTooFast(who: string): DomainError {
  return new DomainError('unavailable', `${who} too fast`, { remedy: 'Try again.' });
}

/** @throws what is no refusal */
export function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}

import { DomainError } from './errors';

/** Whether a failure means that the database server cannot be reached, so nothing can be read or saved. */
export function isDatabaseAway(error: unknown): error is DomainError {
  return error instanceof DomainError && error.reason?.code === 'database-away';
}

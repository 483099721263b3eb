import { DomainError } from './errors';

/** Whether a failure means that the database did not answer now: it cannot be reached, or too many wait for it. */
export function isUnanswered(error: unknown): error is DomainError {
  return isDatabaseAway(error) || (error instanceof DomainError && error.reason?.code === 'database-busy');
}

/** Whether a failure means that the database server cannot be reached, so nothing can be read or saved. */
export function isDatabaseAway(error: unknown): error is DomainError {
  return error instanceof DomainError && error.reason?.code === 'database-away';
}

import { DomainError } from './errors';

/** Whether a failure means that the object store does not answer, so a retry may succeed. */
export function isBundleStoreAway(error: unknown): error is DomainError {
  return error instanceof DomainError && error.reason?.code === 'bundle-store-away';
}

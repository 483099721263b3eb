import { DomainError } from './errors';

/** Whether a failure says that the object store does not answer, so that it may work again a moment later. */
export function isBundleStoreAway(error: unknown): error is DomainError {
  return error instanceof DomainError && error.reason?.code === 'bundle-store-away';
}

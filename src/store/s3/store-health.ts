import { DomainError } from '../../core/errors';
import { objectStoreError, S3Error } from './s3-error';

/** What keeps the object store from serving, by the latest request that it answered or not. */
export class StoreHealth {
  #problem: DomainError | null = null;

  /** `null` while it works. */
  get problem(): DomainError | null {
    return this.#problem;
  }

  /** @param error what a request failed with; `null` if it did not */
  note(error: unknown): void {
    this.#problem = isAnswer(error) ? null : problemOf(error);
  }
}

/** A store that says that it has no such object, or that a range is too long, works. */
function isAnswer(error: unknown): boolean {
  if (error === null) return true;
  const isRefusal = error instanceof S3Error && error.status >= 400 && error.status < 500;
  return (
    isRefusal &&
    error.status !== 401 &&
    error.status !== 403 &&
    error.status !== 429 &&
    error.code !== 'NoSuchBucket'
  );
}

function problemOf(error: unknown): DomainError | null {
  const problem = objectStoreError(error);
  return problem instanceof DomainError ? problem : null;
}

import { DomainError } from '../../core/errors';
import { objectStoreError, S3Error } from './s3-error';

/** Why the object store is not working, according to the latest request. */
export class StoreHealth {
  #problem: DomainError | null = null;

  /** `null` while it works. */
  get problem(): DomainError | null {
    return this.#problem;
  }

  /** @param error the error of a request; `null` if it succeeded */
  note(error: unknown): void {
    this.#problem = isAnswer(error) ? null : problemOf(error);
  }
}

/** A store works if it answers that an object is missing or a range is too long. */
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

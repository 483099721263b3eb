import { DomainError } from '../../core/errors';

/** A bundle was sent completely, but no answer came back: the server may have it. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';

  constructor(
    /** What came instead of the answer. */
    readonly failure: DomainError,
    readonly sent: { readonly sha256: string; readonly sizeBytes: number },
  ) {
    super(failure.message, { cause: failure });
  }
}

/** Whether a failure leaves open what the server did: the connection broke, or a proxy gave up. */
export function leavesOpen(error: unknown): error is DomainError {
  if (!(error instanceof DomainError) || error.code !== 'unavailable') return false;
  const status = error.details?.['status'];
  return status === undefined || (typeof status === 'number' && status >= 500);
}

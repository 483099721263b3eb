import type { ErrorCode } from '../../src/core/errors';

/** Matches a DomainError with this code, for `toThrow` and `toEqual`. */
export function refusal(code: ErrorCode): Error {
  return expect.objectContaining({ name: 'DomainError', code }) as Error;
}

import type { ConnectionRefusal } from '../../../core/connection-refusal';
import { DomainError } from '../../../core/errors';
import { problemMediaType, problemOf, retryAfterSeconds } from '../../problem';
import type { FarewellAnswer } from '../transport/farewells';

/** Why a device is refused, as an error that becomes a 403, or a 503 where the device is not to blame. */
export function refusedDevice({ cause, reason }: ConnectionRefusal): DomainError {
  if (cause === 'revocations-unknown') return DomainError.of('revocations-unknown');
  return DomainError.of('device-refused', { cause, why: reason }, { details: { cause } });
}

/** The refusal as a complete answer. */
export function refusalAnswer(refusal: ConnectionRefusal): FarewellAnswer {
  return problemAnswer(refusedDevice(refusal));
}

/** An error as a complete answer. */
export function problemAnswer(error: unknown): FarewellAnswer {
  const problem = problemOf(error);
  const seconds = retryAfterSeconds(error);
  const body = Buffer.from(JSON.stringify(problem));
  return {
    status: problem.status,
    headers: {
      'content-type': problemMediaType,
      'content-length': body.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(seconds === undefined ? {} : { 'retry-after': seconds }),
    },
    body,
  };
}

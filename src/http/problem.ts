import { STATUS_CODES } from 'node:http';
import { snakeCase } from '../base/text/field-names';
import { type ProblemCode, type ProblemJson } from '../contract/problem';
import { DomainError } from '../core/errors';
import { presentFinding } from '../contract/present-why';
import type { Reason } from '../core/reasons/catalogue';
import { remedyOf, sentenceOf } from '../core/reasons/sentences';

export { problemMediaType, type ProblemJson } from '../contract/problem';

/** Maps each error code to its HTTP status, for the whole server (RFC 9110; 422 and 507: RFC 4918; 429: RFC 6585). */
const statuses: Readonly<Record<ProblemCode, number>> = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'bundle-broken': 422,
  'bundle-untrusted': 422,
  'certificate-refused': 422,
  'too-many-requests': 429,
  internal: 500,
  configuration: 500,
  unavailable: 503,
  'storage-full': 507,
};

export function statusOfProblem(code: ProblemCode): number {
  return statuses[code];
}

export interface ProblemText {
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly reason?: Reason | undefined;
}

/**
 * Builds a problem document; facts in `details` never replace a standard member. The `type` is `about:blank`, so the
 * title is the status phrase (RFC 9457, section 4.2.1); `code` tells problems of one status apart.
 */
export function createProblem(code: ProblemCode, text: ProblemText = {}): ProblemJson {
  return {
    ...text.details,
    type: 'about:blank',
    title: STATUS_CODES[statuses[code]] ?? 'Error',
    status: statuses[code],
    ...(text.detail === undefined ? {} : { detail: text.detail }),
    code,
    ...(text.remedy === undefined ? {} : { remedy: text.remedy }),
    ...(text.requestId === undefined ? {} : { request_id: text.requestId }),
    ...(text.reason === undefined
      ? {}
      : { reason: text.reason.code, parameters: snakeCase(text.reason.parameters) }),
  };
}

/**
 * Translates a caught value. An unexpected error becomes a bare `internal`: its details are for the log alone,
 * because they may reveal paths, queries or secrets.
 */
export function problemOf(error: unknown, requestId?: string): ProblemJson {
  if (!(error instanceof DomainError)) return createProblem('internal', { requestId });
  const { reason } = error;
  return createProblem(error.code, {
    detail: reason === undefined ? error.message : sentenceOf(reason),
    remedy: reason === undefined ? error.remedy : remedyOf(reason),
    reason,
    details: snakeCase(detailsOf(error)),
    requestId,
  });
}

/** When to retry what cannot be done now, unless the error says more: a database or a disk may be away for a moment. */
const unavailableSeconds = 10;

/** For `Retry-After` (RFC 9110, section 10.2.3); `undefined` if asking again would not help. */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (!(error instanceof DomainError)) return undefined;
  const seconds = error.details?.['retryAfterSeconds'];
  if (typeof seconds === 'number') return seconds;
  return error.code === 'unavailable' ? unavailableSeconds : undefined;
}

/** Facts of an error; findings in a bundle become sentences here. */
function detailsOf({ details = {} }: DomainError): Readonly<Record<string, unknown>> {
  const { findings, ...facts } = details;
  return findings === undefined ? facts : { ...facts, reasons: findings.map(presentFinding) };
}

import { DomainError, type ErrorCode } from '../core/errors';

/** What only HTTP knows beside the domain's own codes. */
export type ProblemCode = ErrorCode | 'method-not-allowed' | 'internal';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** The one table from error code to HTTP status (RFC 9110; 422 and 507 from RFC 4918; 429 from RFC 6585). */
const kinds: Readonly<Record<ProblemCode, ProblemKind>> = {
  'invalid-input': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Authentication is required' },
  forbidden: { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'This conflicts with what is there' },
  'too-large': { status: 413, title: 'The content is too large' },
  'unsupported-media-type': { status: 415, title: 'The media type is not supported' },
  'bundle-broken': { status: 422, title: 'The bundle is broken' },
  'bundle-untrusted': { status: 422, title: 'The bundle is not trusted' },
  'certificate-refused': { status: 422, title: 'The certificate is refused' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'The server failed' },
  configuration: { status: 500, title: 'The server is not configured for this' },
  unavailable: { status: 503, title: 'The server cannot do this now' },
  'storage-full': { status: 507, title: 'The disk is full' },
};

/** Every code that a problem document can have. */
export const problemCodes = Object.keys(kinds) as readonly ProblemCode[];

/** The media type of {@link Problem} (RFC 9457, section 6.1). */
export const problemMediaType = 'application/problem+json';

/** A problem document (RFC 9457, section 3) with the extension members `code`, `remedy`, `request_id` and facts. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: ProblemCode;
  /** What the reader should do next. */
  readonly remedy?: string;
  readonly request_id?: string;
  readonly [fact: string]: unknown;
}

export function statusOfProblem(code: ProblemCode): number {
  return kinds[code].status;
}

export interface ProblemText {
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  readonly requestId?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Builds a problem document; facts in `details` never replace a standard member. */
export function createProblem(code: ProblemCode, text: ProblemText = {}): Problem {
  return {
    ...text.details,
    type: 'about:blank',
    title: kinds[code].title,
    status: kinds[code].status,
    ...(text.detail === undefined ? {} : { detail: text.detail }),
    code,
    ...(text.remedy === undefined ? {} : { remedy: text.remedy }),
    ...(text.requestId === undefined ? {} : { request_id: text.requestId }),
  };
}

/**
 * Translates a caught value. What nobody expected becomes a bare `internal`: its details are for the log alone, because
 * they may name paths, queries or secrets.
 */
export function problemOf(error: unknown, requestId?: string): Problem {
  if (!(error instanceof DomainError)) return createProblem('internal', { requestId });
  return createProblem(error.code, {
    detail: error.message,
    remedy: error.remedy,
    details: error.details,
    requestId,
  });
}

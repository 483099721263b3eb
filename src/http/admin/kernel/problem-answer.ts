import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { DomainError, type ErrorCode } from '../../../core/errors';
import {
  createProblem,
  problemMediaType,
  problemOf,
  type ProblemJson,
  retryAfterSeconds,
} from '../../problem';
import { wantsPage } from './answer';
import { contextOf } from './request-context';

/** For paths without a route. @throws DomainError `not-found`; `invalid-input` for a malformed path */
export const unknownPath: RequestHandler = (request) => {
  if (!isWellFormed(request.path)) throw DomainError.of('address-malformed');
  throw DomainError.of('nothing-at-path', { path: request.path.slice(0, 200) });
};

/** Percent-encoded UTF-8 (RFC 3986, section 2.5) without a NUL, which no name contains. */
function isWellFormed(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}

/** Sends a problem in the form that its clients read. */
export type SendProblem = (request: Request, response: Response, problem: ProblemJson) => void;

/** Answers every failure. */
export function answerProblems(send: SendProblem): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const context = contextOf(request);
    context.error = error;
    if (response.headersSent) {
      next(error); // Express cuts the connection: a partial answer must not look complete.
      return;
    }
    const failure = requestFailure(error);
    const problem = problemOf(failure, context.id);
    const seconds = retryAfterSeconds(failure);
    if (problem.code === 'unauthenticated') response.set('WWW-Authenticate', 'Bearer');
    if (seconds !== undefined) response.set('Retry-After', String(seconds));
    // The client was not told to send its body, and may or may not send it now: this connection cannot be reused.
    if (context.awaitsContinue) response.set('Connection', 'close');
    response.status(problem.status).set('Cache-Control', 'no-store');
    send(request, response, problem);
  };
}

/** Answers a wrong method on a known path. */
export function methodNotAllowed(allowed: readonly string[], send: SendProblem): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed.join(', '));
    const detail = `${request.method} is not allowed here`;
    const remedy = `Use ${allowed.join(' or ')}.`;
    const requestId = contextOf(request).id;
    response.status(405).set('Cache-Control', 'no-store');
    send(request, response, createProblem('method-not-allowed', { detail, remedy, requestId }));
  };
}

/** Sends a problem document, or text to a browser's form. */
export function sendProblem(request: Request, response: Response, problem: ProblemJson): void {
  response.vary('Accept');
  if (!wantsPage(request)) {
    response.type(problemMediaType).send(JSON.stringify(problem));
    return;
  }
  const lines = [problem.title, problem.detail, problem.remedy, `Request ${problem.request_id ?? ''}`];
  response.type('text/plain').send(`${lines.filter((line) => line !== undefined).join('\n\n')}\n`);
}

/** Answers with a problem document (RFC 9457), or with text when a browser's form caused it. */
export const problemAnswer: ErrorRequestHandler = answerProblems(sendProblem);

/** Express and its parsers throw errors with a 4xx status for bad requests. */
function requestFailure(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error) || !('status' in error)) return error;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return error;
  const codes: Readonly<Record<number, ErrorCode>> = {
    403: 'forbidden',
    404: 'not-found',
    413: 'too-large',
    415: 'unsupported-media-type',
  };
  return DomainError.of(
    'request-refused-by-parser',
    { says: error.message.slice(0, 200) },
    { code: codes[status] ?? 'invalid-input', cause: error },
  );
}

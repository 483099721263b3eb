import type { BulkResultJson } from '../../contract/device-action';
import type { ProblemJson } from '../../contract/problem';
import type { Read } from '../../contract/reader';
import { camelCase } from '../../base/text/field-names';
import type { Reason } from '../../core/reasons/catalogue';
import type { ReasonParameters } from '../../core/reasons/reason-words';
import { isReasonCode, remedyOf, sentenceOf } from '../../core/reasons/sentences';
import { atBase } from '../base';
import { endSession } from './session';
import { text } from '../texts';

/**
 * Why a request failed, in words: the server's problem document (RFC 9457), or that the server could not be reached.
 */
export class Failure extends Error {
  override name = 'Failure';

  constructor(
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /**
     * The code for programs, such as `conflict`; `unreachable` without an answer, `unknown` for an answer that is not
     * the server's.
     */
    readonly code: string,
    /** What to do next. */
    readonly remedy: string | null = null,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the server itself refused; otherwise there was no answer, or a proxy's. */
  get isOfServer(): boolean {
    return this.status !== 0 && this.code !== 'unknown';
  }
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** A path of the API with its query; empty values are left out. */
export function apiPath(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const search = params.toString();
  return search === '' ? path : `${path}?${search}`;
}

/** @throws Failure */
export function get<Json>(path: string, signal?: AbortSignal): Promise<Json> {
  return call<Json>('GET', path, undefined, signal);
}

/** @throws Failure */
export function post<Json>(path: string, body: object = {}, signal?: AbortSignal): Promise<Json> {
  return call<Json>('POST', path, body, signal);
}

/** @throws Failure */
export function patch<Json>(path: string, body: object): Promise<Json> {
  return call<Json>('PATCH', path, body);
}

/** @throws Failure */
export function remove<Json>(path: string): Promise<Json> {
  return call<Json>('DELETE', path);
}

/** Fetches a file that is made for a body, such as a device kit. @throws Failure */
export async function postForFile(path: string, body: object): Promise<Blob> {
  return (await send('POST', path, body)).blob();
}

async function call<Json>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Json> {
  const response = await send(method, path, body, signal);
  if (response.status === 204) return undefined as Json;
  const content = await response.text();
  try {
    return JSON.parse(content) as Json;
  } catch {
    throw failureOf(response.status, content, response.headers.get('Server'));
  }
}

async function send(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(atBase(path), {
    method,
    headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted === true ? error : unreachable();
  });
  if (response.ok) return response;
  throw failureOf(response.status, await response.text(), response.headers.get('Server'));
}

export function unreachable(): Failure {
  return new Failure(text.failure.unreachable, 0, 'unreachable', text.failure.unreachableRemedy);
}

/** Partial, because a proxy in front may have answered instead. */
type Problem = Partial<Read<ProblemJson>>;

/**
 * Reads an unsuccessful answer. If the session has ended, asks to sign in again.
 * @param server the answer's `Server` header
 */
export function failureOf(status: number, body: string, server: string | null): Failure {
  const problem = problemOf(body);
  if (problem.code === undefined) return proxyFailure(status, server);
  if (status === 401) endSession();
  const { says, remedy } = wordsOf(problem);
  return new Failure(
    says ?? problem.title ?? text.failure.status(status),
    status,
    problem.code,
    remedy ?? null,
    problem.request_id ?? null,
  );
}

/** Why an action failed for one of many devices, in the page's own words. */
export function failedWords({ message, reason, parameters }: BulkResultJson['failed'][number]): string {
  return (
    wordsOf({ reason: reason ?? undefined, parameters: parameters ?? undefined, detail: message }).says ??
    message
  );
}

/**
 * Known reasons get the page's own words; for an unknown one, from a newer server, the page shows the server's
 * sentence.
 */
function wordsOf({ reason: code, parameters = {}, detail, remedy }: Problem) {
  if (!isReasonCode(code)) return { says: detail, remedy };
  const reason: Reason = { code, parameters: camelCase(parameters) as ReasonParameters };
  try {
    return { says: sentenceOf(reason), remedy: remedyOf(reason) };
  } catch {
    return { says: detail, remedy }; // a newer server has other parameters
  }
}

/** An answer that is not the server's comes from a proxy in front of it. */
function proxyFailure(status: number, server: string | null): Failure {
  const by = /^[\w./ ()-]{1,40}$/.exec(server ?? '')?.[0] ?? null;
  const { says, remedy } = text.failure.proxy[status] ?? text.failure.otherProxy;
  return new Failure(text.failure.byProxy(by, says, status), status, 'unknown', remedy);
}

function problemOf(body: string): Problem {
  try {
    return (JSON.parse(body) ?? {}) as Problem;
  } catch {
    return {}; // not from this server: a proxy's page
  }
}

/** Turns any thrown value into a failure to show. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure(error instanceof Error ? error.message : String(error), 0, 'unknown');
}

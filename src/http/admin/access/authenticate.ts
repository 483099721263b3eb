import type { Request, Response } from 'express';
import { DomainError } from '../../../core/errors';
import type { ManageSessions } from '../../../services/access/manage-sessions';
import type { Token, TokenScope } from '../../../services/access/manage-tokens';
import type { CheckToken } from './check-token';
import type { SessionCookies } from './session-cookie';

const scopes: readonly TokenScope[] = ['read', 'publish', 'admin'];

/** The caller, and what it may do. */
export interface Caller {
  /** `local` or `token:<name>`. */
  readonly actor: string;
  /** The name shown to people. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
}

export const local: Caller = { actor: 'local', name: 'local', scopes };

export interface AuthenticatorOptions {
  readonly checkToken: CheckToken;
  readonly sessions: Pick<ManageSessions, 'find'>;
  readonly cookies: SessionCookies;
  /** Whether this request needs a token. */
  readonly needsToken: (request: Request) => boolean;
}

/**
 * Finds out who calls. A browser's cookie for an ended session is cleared and ignored.
 * @throws DomainError `unauthenticated`, `too-many-requests`; `forbidden` for a session that another page may be
 * using
 */
export type Identify = (request: Request, response: Response) => Promise<Caller>;

/**
 * Authenticates by `Authorization: Bearer` (RFC 6750), else by a session cookie, else by the request coming from a
 * program on this machine, unless a token is always required. Where no token is required, a wrong one is still
 * refused: a job whose token was revoked must not continue with broader rights.
 */
export function createIdentify({
  checkToken,
  sessions,
  cookies,
  needsToken,
}: AuthenticatorOptions): Identify {
  async function ofSession(request: Request, response: Response): Promise<Caller | undefined> {
    const ids = cookies.read(request);
    if (ids.length === 0) return undefined;
    const token = await findFirst(ids, (id) => sessions.find(id));
    if (token === undefined) {
      if (!response.headersSent) cookies.clear(response);
      return undefined;
    }
    refuseUnknownPage(request);
    return callerOf(token);
  }

  return async (request, response) => {
    const header = request.headers.authorization;
    if (header !== undefined) {
      return callerOf(await checkToken(/^Bearer +([\w.~+/-]{1,256}=*) *$/i.exec(header)?.[1], request));
    }
    const caller = (await ofSession(request, response)) ?? (needsToken(request) ? undefined : local);
    if (caller !== undefined) return caller;
    throw DomainError.of('token-needed');
  };
}

async function findFirst<Key, Value>(
  keys: readonly Key[],
  find: (key: Key) => Promise<Value | undefined>,
): Promise<Value | undefined> {
  for (const key of keys) {
    const value = await find(key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** @throws DomainError `forbidden` for a token without the scope */
export function checkScope({ name, scopes: own }: Caller, needed: TokenScope): void {
  if (own.includes(needed)) return;
  throw DomainError.of('scope-needed', { name, scope: own.at(-1), needed });
}

export function callerOf({ name, scope }: Token): Caller {
  return { actor: `token:${name}`, name, scopes: scopes.slice(0, scopes.indexOf(scope) + 1) };
}

/**
 * A browser sends the cookie with every request that a page triggers. The origin guard has already refused requests
 * that name another page as their source. A change that names no source cannot rely on the cookie.
 */
function refuseUnknownPage({ method, headers }: Request): void {
  const isSafe = method === 'GET' || method === 'HEAD';
  if (isSafe || (headers.origin ?? headers.referer ?? headers['sec-fetch-site']) !== undefined) return;
  throw DomainError.of('page-not-named');
}

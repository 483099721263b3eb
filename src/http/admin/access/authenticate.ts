import type { Request, Response } from 'express';
import { DomainError } from '../../../core/errors';
import type { ManageSessions } from '../../../services/access/manage-sessions';
import type { Token, TokenScope } from '../../../services/access/manage-tokens';
import type { CheckToken } from './check-token';
import type { SessionCookies } from './session-cookie';

const scopes: readonly TokenScope[] = ['read', 'publish', 'admin'];

/** Who calls, and what they may do. */
export interface Caller {
  /** `local` or `token:<name>`. */
  readonly actor: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
}

const local: Caller = { actor: 'local', name: 'local', scopes };

export interface AuthenticatorOptions {
  readonly checkToken: CheckToken;
  readonly sessions: Pick<ManageSessions, 'find'>;
  readonly cookies: SessionCookies;
  /** Whether this request needs a token. */
  readonly needsToken: (request: Request) => boolean;
}

/**
 * Finds out who calls. A browser's cookie of a session that is over is cleared, and counts for nothing.
 * @throws DomainError `unauthenticated`, `too-many-requests`; `forbidden` for a session that somebody else may be using
 */
export type Identify = (request: Request, response: Response) => Promise<Caller>;

/**
 * Authentication by `Authorization: Bearer` (RFC 6750), else by a session's cookie, else by coming from a program of this
 * machine, unless a token is needed always. Where no token is needed a wrong one is
 * refused all the same: a job whose token was revoked must not go on as somebody stronger.
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

/** @throws DomainError `forbidden` for a token that is too weak */
export function checkScope({ name, scopes: own }: Caller, needed: TokenScope): void {
  if (own.includes(needed)) return;
  throw DomainError.of('scope-needed', { name, scope: own.at(-1), needed });
}

export function callerOf({ name, scope }: Token): Caller {
  return { actor: `token:${name}`, name, scopes: scopes.slice(0, scopes.indexOf(scope) + 1) };
}

/**
 * A browser sends the cookie along with whatever a page makes it send. The origin guard has refused other pages by what the
 * browser says of them; when it says nothing of where a change comes from, the cookie proves nothing.
 */
function refuseUnknownPage({ method, headers }: Request): void {
  const isSafe = method === 'GET' || method === 'HEAD';
  if (isSafe || (headers.origin ?? headers.referer ?? headers['sec-fetch-site']) !== undefined) return;
  throw DomainError.of('page-not-named');
}

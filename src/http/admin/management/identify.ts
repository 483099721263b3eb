import type { Request } from 'express';
import { DomainError } from '../../../core/errors';
import { callerOf, type Identify, local } from '../access/authenticate';
import type { CheckToken } from '../access/check-token';

export interface HeaderPorts {
  readonly checkToken: CheckToken;
  /** Whether this request needs a token. */
  readonly needsToken: (request: Request) => boolean;
}

const bearer = /^Bearer +([\w.~+/-]{1,256}=*) *$/i;
const basic = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2}) *$/i;

/**
 * Authenticates scripts by `Authorization` alone: `Bearer`, or `Basic` (RFC 7617) with any user name and a token as the password. A session
 * cookie counts for nothing here, so that no web page can use it.
 * @throws DomainError `unauthenticated`, `too-many-requests`
 */
export function createIdentifyByHeader({ checkToken, needsToken }: HeaderPorts): Identify {
  return async (request) => {
    const header = request.headers.authorization;
    if (header !== undefined) return callerOf(await checkToken(secretOf(header), request));
    if (needsToken(request)) throw DomainError.of('token-needed');
    return local;
  };
}

function secretOf(header: string): string | undefined {
  const [, encoded] = basic.exec(header) ?? [];
  if (encoded === undefined) return bearer.exec(header)?.[1];
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  const end = credentials.indexOf(':');
  return end === -1 ? undefined : credentials.slice(end + 1);
}

import type { Request } from 'express';
import { DomainError } from '../../core/errors';
import type { ManageTokens, TokenScope } from '../../services/manage-tokens';
import type { FailureLimiter } from './failure-limiter';

const strength: Readonly<Record<TokenScope, number>> = { read: 1, publish: 2, admin: 3 };

export interface AuthenticatorOptions {
  readonly tokens: Pick<ManageTokens, 'find'>;
  readonly requireToken: boolean;
  readonly limiter: FailureLimiter;
}

/**
 * Finds out who calls and whether they may.
 * @returns the actor: `local` or `token:<name>`
 * @throws DomainError `unauthenticated`, `forbidden` (too weak a token), `too-many-requests`
 */
export type Authenticate = (request: Request, scope: TokenScope) => string;

/**
 * Authentication by `Authorization: Bearer` (RFC 6750). Where no token is needed a wrong one is refused all the same: a
 * job whose token was revoked must not go on as somebody stronger. A valid token always passes the limiter, so that
 * one bad job behind a shared proxy can't lock out the others.
 */
export function createAuthenticator({ tokens, requireToken, limiter }: AuthenticatorOptions): Authenticate {
  return (request, scope) => {
    const header = request.headers.authorization;
    if (header === undefined) {
      if (!requireToken) return 'local';
      throw new DomainError('unauthenticated', 'a token is needed', {
        remedy: 'Send "Authorization: Bearer <token>"; make one with `rauc-simple-server token create`.',
      });
    }
    const secret = /^Bearer +([\w.~+/-]{1,256}=*) *$/i.exec(header)?.[1];
    const token = secret === undefined ? undefined : tokens.find(secret);
    if (token === undefined) {
      const retryAfterSeconds = limiter.fail(request.socket.remoteAddress ?? '');
      if (retryAfterSeconds > 0) {
        throw new DomainError('too-many-requests', 'too many wrong tokens from this address', {
          remedy: 'Wait, and check the token.',
          details: { retry_after_seconds: retryAfterSeconds },
        });
      }
      throw new DomainError('unauthenticated', 'the token is unknown or revoked', {
        remedy: 'Make another with `rauc-simple-server token create`.',
      });
    }
    if (strength[token.scope] < strength[scope]) {
      throw new DomainError('forbidden', `the token ${token.name} may ${token.scope}, this needs ${scope}`, {
        remedy: `Use a token with the scope ${scope}.`,
      });
    }
    return `token:${token.name}`;
  };
}

import type { Request } from 'express';
import { DomainError } from '../../../core/errors';
import type { ManageTokens, Token } from '../../../services/access/manage-tokens';
import type { FailureLimiter } from '../../failure-limiter';
import { contextOf } from '../kernel/request-context';

/**
 * Finds the token that a secret belongs to.
 * @throws DomainError `unauthenticated`; `too-many-requests` after too many wrong tokens from the caller's address
 */
export type CheckToken = (secret: string | undefined, request: Request) => Promise<Token>;

/** How a wrong token was answered. */
export const wrongTokenAnswers = ['refused', 'slowed'] as const;
export type WrongTokenAnswer = (typeof wrongTokenAnswers)[number];

/** A valid token always passes the limiter, so that one bad job behind a shared proxy cannot lock out the others. */
export function createCheckToken(
  tokens: Pick<ManageTokens, 'find'>,
  limiter: Pick<FailureLimiter, 'fail'>,
  onWrong: (answer: WrongTokenAnswer) => void,
): CheckToken {
  return async (secret, request) => {
    const token = secret === undefined ? undefined : await tokens.find(secret);
    if (token !== undefined) return token;
    const retryAfterSeconds = limiter.fail(contextOf(request).address ?? '');
    onWrong(retryAfterSeconds > 0 ? 'slowed' : 'refused');
    if (retryAfterSeconds > 0) {
      throw DomainError.of(
        'too-many-wrong-tokens',
        { retryAfterSeconds },
        { details: { retryAfterSeconds } },
      );
    }
    throw DomainError.of('token-unknown-or-revoked');
  };
}

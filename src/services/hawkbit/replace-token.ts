import type { TokenHolder } from '../../core/device-token';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import type { DeviceTokens } from '../access/device-tokens';

/** Gives a holder this token. The one before it is refused at once, as in hawkBit. @throws DomainError `invalid-input`, `not-found` */
export type ReplaceToken = (holder: TokenHolder, token: string, actor: Actor) => Promise<void>;

export function createReplaceToken({
  show,
  create,
  rotate,
}: Pick<DeviceTokens, 'show' | 'create' | 'rotate'>): ReplaceToken {
  async function known(holder: TokenHolder): Promise<string | null> {
    try {
      return (await show(holder)).token;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not-found') return null;
      throw error;
    }
  }

  return async (holder, token, actor) => {
    const before = await known(holder);
    if (before === token) return;
    await (before === null ? create : rotate)(holder, { token, overlapMs: 0 }, actor);
  };
}

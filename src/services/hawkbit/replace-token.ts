import type { TokenHolder } from '../../core/device-token';
import type { Actor } from '../../core/event';
import { unlessMissing } from '../../core/unless-missing';
import type { DeviceTokens } from '../access/device-tokens';

/**
 * Gives a holder this token. The previous one is refused at once, as in hawkBit.
 * @throws DomainError `invalid-input`, `not-found`
 */
export type ReplaceToken = (holder: TokenHolder, token: string, actor: Actor) => Promise<void>;

export function createReplaceToken({
  show,
  create,
  rotate,
}: Pick<DeviceTokens, 'show' | 'create' | 'rotate'>): ReplaceToken {
  return async (holder, token, actor) => {
    const before = await unlessMissing(show(holder), undefined);
    if (before?.token === token) return;
    await (before === undefined ? create : rotate)(holder, { token, overlapMs: 0 }, actor);
  };
}

import type { TokenJson } from '../../../contract/token';
import type { Token } from '../../../services/access/manage-tokens';

export function presentToken(token: Token): TokenJson {
  return {
    name: token.name,
    scope: token.scope,
    created_at: token.createdAt.toISOString(),
    created_by: token.createdBy,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

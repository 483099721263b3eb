import type { TokenJson } from '../../contract/token';
import type { Token } from '../../services/access/manage-tokens';

/** A token for scripts, without its secret. */
export function tokenJson({ name, scope, createdAt, createdBy, revokedAt }: Token): TokenJson {
  return {
    name,
    scope,
    created_at: createdAt.toISOString(),
    created_by: createdBy,
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}

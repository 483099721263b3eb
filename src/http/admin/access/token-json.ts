import { z } from 'zod';
import type { Token } from '../../../services/access/manage-tokens';

const instant = z.iso.datetime();

export const tokenJson = z.object({
  name: z.string(),
  scope: z.enum(['read', 'publish', 'admin']),
  created_at: instant,
  created_by: z.string(),
  revoked_at: instant.nullable(),
});

export function presentToken(token: Token): z.infer<typeof tokenJson> {
  return {
    name: token.name,
    scope: token.scope,
    created_at: token.createdAt.toISOString(),
    created_by: token.createdBy,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}

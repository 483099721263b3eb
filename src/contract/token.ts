import { z } from 'zod';
import { tokenScopes } from '../core/token';
import { instant, nullableInstant } from './answer-fields';

const tokenName = z.string().min(1).max(64);
export const tokenScope = z.enum(tokenScopes);

/** The path of a request about one token. */
export const tokenParams = z.object({ name: tokenName });
export const newTokenBody = z.strictObject({ name: tokenName, scope: tokenScope });

export const tokenJson = z.object({
  name: z.string(),
  scope: tokenScope,
  created_at: instant,
  created_by: z.string(),
  revoked_at: nullableInstant,
});

export const tokenListJson = z.object({ tokens: z.array(tokenJson) });
export const newTokenJson = z.object({ token: tokenJson, secret: z.string() });
export const revokedTokenJson = z.object({ token: tokenJson });

export type TokenScope = z.infer<typeof tokenScope>;
export type TokenJson = z.infer<typeof tokenJson>;
export type TokenListJson = z.infer<typeof tokenListJson>;
export type NewTokenJson = z.infer<typeof newTokenJson>;

/** From weak to strong; each includes the ones before it. */
export const tokenScopes = ['read', 'publish', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** An admin token as people see it: never its secret. */
export interface Token {
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
}

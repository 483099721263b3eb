/** From weak to strong; each includes those before. */
export type TokenScope = 'read' | 'publish' | 'admin';

/** An admin token as people see it: never its secret. */
export interface Token {
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
}

/** From weak to strong; each includes those before. */
export type TokenScope = 'read' | 'publish' | 'admin';

export interface Token {
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
}

/** Admin tokens: shown once, stored as SHA-256. */
export interface ManageTokens {
  /**
   * @returns the secret (`rss_` and 43 characters of base64url), which can't be shown again
   * @throws DomainError `invalid-input` for a bad name, `conflict` for one in use
   */
  create(request: { readonly name: string; readonly scope: TokenScope; readonly actor: string }): {
    readonly secret: string;
    readonly token: Token;
  };
  list(): readonly Token[];
  /** @throws DomainError `not-found` */
  revoke(request: { readonly name: string; readonly actor: string }): Token;
  /** The token of a secret, unless it is unknown or revoked. Asks the database, so that other processes' changes count. */
  find(secret: string): Token | undefined;
}

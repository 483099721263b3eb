import type { NewEvent } from '../core/event';
import type { Token } from '../core/token';

/** Where tokens last. */
export interface TokenRecords {
  /** @returns false when the name is in use */
  add(token: Token, secretHash: string, events: readonly NewEvent[]): Promise<boolean>;
  /** By name. */
  all(): readonly Token[];
  /** Revokes a token; one that is revoked keeps its time, and nothing is told. */
  revoke(name: string, at: Date, by: string, events: readonly NewEvent[]): Promise<Token | undefined>;
  findByHash(secretHash: string): Token | undefined;
}

/** Where sessions last, so that a restart signs nobody out. */
export interface SessionRecords {
  /** Those that have expired go; of one token the newest stay. */
  add(
    session: {
      readonly idHash: string;
      readonly tokenName: string;
      readonly createdAt: Date;
      readonly expiresAt: Date;
    },
    maxOfToken: number,
  ): Promise<void>;
  find(idHash: string): { readonly token: Token; readonly expiresAt: Date } | undefined;
  remove(idHash: string): Promise<void>;
}

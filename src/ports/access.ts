import type { NewEvent } from '../core/event';
import type { Token } from '../core/token';

/** Stores tokens. */
export interface TokenRecords {
  /**
   * `INSERT INTO tokens … ON CONFLICT (name) DO NOTHING RETURNING name`, and the lines if it was added.
   * @returns false when the name is in use
   */
  add(token: Token, secretHash: string, events: readonly NewEvent[]): Promise<boolean>;
  /** By name. `SELECT * FROM tokens ORDER BY name` */
  all(): Promise<readonly Token[]>;
  /**
   * Revokes a token. If two people do so at once, only the first is in the journal, and the time does not change. `UPDATE tokens
   * SET revoked_at = $2, revoked_by = $3 WHERE name = $1 AND revoked_at IS NULL RETURNING *`, the lines if a row changed, else
   * `SELECT * FROM tokens WHERE name = $1`
   */
  revoke(name: string, at: Date, by: string, events: readonly NewEvent[]): Promise<Token | undefined>;
  /** `SELECT * FROM tokens WHERE secret_hash = $1` */
  findByHash(secretHash: string): Promise<Token | undefined>;
}

/** Stores sessions, so that a restart signs no one out. */
export interface SessionRecords {
  /**
   * Adds a session. Removes expired sessions, and the oldest ones of a token that has too many. `SELECT 1 FROM tokens WHERE name
   * = $2 FOR UPDATE`, which adds the sessions of one token one at a time, `DELETE FROM sessions WHERE ends_age_ms <= $5`, `INSERT
   * INTO sessions …`, then `DELETE FROM sessions WHERE id_hash IN (SELECT id_hash … WHERE token = $2 AND id_hash <> $1 ORDER BY
   * ends_age_ms DESC NULLS LAST OFFSET $6)`, and the lines
   */
  add(
    session: {
      readonly idHash: string;
      readonly tokenName: string;
      readonly createdAt: Date;
      readonly expiresAt: Date;
      /** The age of the server at which the session ends, in milliseconds. Setting the clock does not change it. */
      readonly endsAgeMs: number;
    },
    limits: {
      /** The server's age. Sessions that end at or before it have ended. */
      readonly ageMs: number;
      readonly maxOfToken: number;
    },
    events: readonly NewEvent[],
  ): Promise<void>;
  /**
   * `SELECT tokens.*, expires_at, ends_age_ms FROM sessions JOIN tokens ON tokens.name = sessions.token WHERE id_hash = $1`
   * @returns without `endsAgeMs` for a session that an earlier version made, which ends by the clock
   */
  find(
    idHash: string,
  ): Promise<
    { readonly token: Token; readonly expiresAt: Date; readonly endsAgeMs: number | null } | undefined
  >;
  /** `DELETE FROM sessions WHERE id_hash = $1 RETURNING id_hash`, and the lines if it was there */
  remove(idHash: string, events: readonly NewEvent[]): Promise<void>;
}

import type { Revocation } from '../core/certificate';
import type { Watch } from './watch';

/** A revocation with its number: later ones have higher numbers. */
export interface NumberedRevocation extends Revocation {
  readonly id: number;
}

/** Revocations in a database that several servers share. A server without such a database stores them in `certs/`. */
export interface RevocationRecords {
  /** Revocations with a higher number, in order. `SELECT * FROM revocations WHERE id > $1 ORDER BY id` */
  after(id: number): Promise<readonly NumberedRevocation[]>;
  /**
   * Adds revocations, except of serials that are revoked already. `INSERT INTO revocations … ON CONFLICT (serial) DO NOTHING`,
   * and `NOTIFY revocations`
   * @throws DomainError `storage-full`, `unavailable`
   */
  add(revocations: readonly Revocation[]): Promise<void>;
  /**
   * Calls `look` soon after another node has added revocations. `LISTEN revocations`, and every second
   * @param look is called again later if it rejects
   */
  watch(look: () => Promise<void>): Watch;
}

/** The revocations that servers share, as commands and the certificates folder see them. */
export interface SharedRevocations {
  /** The current revocations. Returns the same array as before if none was added. @throws DomainError `unavailable` */
  all(): Promise<readonly Revocation[]>;
  /** See {@link RevocationRecords.add}. */
  add(revocations: readonly Revocation[]): Promise<void>;
}

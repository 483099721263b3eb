import type { Revocation } from '../core/certificate';
import type { Watch } from './watch';

/** A revocation with its number: later ones have higher numbers. */
export interface NumberedRevocation extends Revocation {
  readonly id: number;
}

/** Revocations in a database that several servers share. A server without one has them in `certs/`. */
export interface RevocationRecords {
  /** Those with a higher number, in order. `SELECT * FROM revocations WHERE id > $1 ORDER BY id` */
  after(id: number): Promise<readonly NumberedRevocation[]>;
  /**
   * Leaves out serials that are revoked already. `INSERT INTO revocations … ON CONFLICT (serial) DO NOTHING`, and `NOTIFY revocations`
   * @throws DomainError `storage-full`, `unavailable`
   */
  add(revocations: readonly Revocation[]): Promise<void>;
  /**
   * Has them looked at soon after others were added. `LISTEN revocations`, and every second
   * @param look may reject: then it is called again later
   */
  watch(look: () => Promise<void>): Watch;
}

/** The revocations that servers share, as commands and the certificates folder see them. */
export interface SharedRevocations {
  /** As they are now. The same array as before if none was added. @throws DomainError `unavailable` */
  all(): Promise<readonly Revocation[]>;
  /** As {@link RevocationRecords.add}. */
  add(revocations: readonly Revocation[]): Promise<void>;
}

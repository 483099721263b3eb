import type { Why } from '../core/reasons/why';
import type { DatabaseIdentity, FoundMarker, Marker } from '../core/restore';

/** When and why the database was taken for an older copy. */
export interface LastRestore {
  readonly id: string;
  readonly reason: Why;
  readonly at: Date;
}

/** What the database knows of itself, and of a restore. */
export interface RestoreRecords {
  /**
   * The database's identity, created with this id if there is none, and why the database is suspected, if it is. `INSERT INTO
   * database_identity … ON CONFLICT DO NOTHING`, then `SELECT * FROM database_identity`
   * @throws DomainError `storage-full`, `unavailable`
   */
  identity(newId: string): Promise<DatabaseIdentity & { readonly suspicion: Why | null }>;
  /**
   * Notes that the database may be an older copy, until {@link RestoreRecords.marked}, and gives it a new id. `UPDATE
   * database_identity SET id = $1, is_marked = false, …`, then `INSERT INTO foreign_hashes … ON CONFLICT DO NOTHING` or `UPDATE
   * installations SET offer_ends_at = $4 WHERE ended_at IS NULL AND offer_ends_at > $4`
   * @param named the hash that devices named, which is known from now on and not reported again; `null` when the marker revealed
   * it at a start, which also ends all earlier offers
   * @throws DomainError `storage-full`, `unavailable`
   */
  suspect(newId: string, reason: Why, named: string | null, at: Date): Promise<void>;
  /**
   * When it was last taken for an older copy, with the id that it got then; `undefined` if never. `SELECT id, restored_reason,
   * restored_at FROM database_identity WHERE restored_at IS NOT NULL`
   */
  lastRestore(): Promise<LastRestore | undefined>;
  /**
   * Notes that the marker names this database, and that a suspicion was dealt with.
   * `UPDATE database_identity SET is_marked = true, suspicion = NULL`
   * @throws DomainError `storage-full`, `unavailable`
   */
  marked(): Promise<void>;
  /**
   * Whether a bundle with these bytes was ever here, deleted or not, or was already reported to people. `SELECT EXISTS (SELECT 1
   * FROM bundles WHERE sha256 = $1) OR EXISTS (SELECT 1 FROM foreign_hashes WHERE sha256 = $1)`
   */
  isKnownHash(sha256: string): Promise<boolean>;
  /**
   * How many devices were ever heard from, counted up to a limit. `SELECT count(*) FROM (SELECT 1 FROM devices WHERE
   * last_contact_at IS NOT NULL LIMIT $1) AS heard`
   */
  heardDevices(limit: number): Promise<number>;
}

/** The marker beside the database: which database was used here last, and the state that it had at least reached. */
export interface DatabaseMarker {
  /** Never rejects: a marker that cannot be read is `unreadable`. */
  read(): Promise<FoundMarker>;
  /** Replaces the marker, which is on disk when the promise resolves. @throws DomainError `storage-full`, `unavailable` */
  write(marker: Marker): Promise<void>;
}

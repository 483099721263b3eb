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
   * The identity, made with this id when there is none; and why the database is suspected, if it is.
   * `INSERT INTO database_identity … ON CONFLICT DO NOTHING`, then `SELECT * FROM database_identity`
   * @throws DomainError `storage-full`, `unavailable`
   */
  identity(newId: string): Promise<DatabaseIdentity & { readonly suspicion: Why | null }>;
  /**
   * Notes that the database may be an older copy, until {@link RestoreRecords.marked}, and gives it a new id. `UPDATE
   * database_identity SET id = $1, is_marked = false, …`, then `INSERT INTO foreign_hashes … ON CONFLICT DO NOTHING` or `UPDATE
   * installations SET offer_ends_at = $4 WHERE ended_at IS NULL AND offer_ends_at > $4`
   * @param named the hash that devices named: it is known from now on, and not reported again; `null` when the marker showed it
   * at a start: then no earlier offer stands any longer
   * @throws DomainError `storage-full`, `unavailable`
   */
  suspect(newId: string, reason: Why, named: string | null, at: Date): Promise<void>;
  /**
   * When it was last taken for an older copy, with the id that it had only then; `undefined` if never. `SELECT id,
   * restored_reason, restored_at FROM database_identity WHERE restored_at IS NOT NULL`
   */
  lastRestore(): Promise<LastRestore | undefined>;
  /**
   * Notes that the marker names this database, and that a suspicion was dealt with.
   * `UPDATE database_identity SET is_marked = true, suspicion = NULL`
   * @throws DomainError `storage-full`, `unavailable`
   */
  marked(): Promise<void>;
  /**
   * Whether a bundle with these bytes was ever here, deleted or not, or people have heard of it.
   * `SELECT EXISTS (SELECT 1 FROM bundles WHERE sha256 = $1) OR EXISTS (SELECT 1 FROM foreign_hashes WHERE sha256 = $1)`
   */
  isKnownHash(sha256: string): Promise<boolean>;
  /**
   * How many devices were ever heard, counted up to a limit.
   * `SELECT count(*) FROM (SELECT 1 FROM devices WHERE last_contact_at IS NOT NULL LIMIT $1) AS heard`
   */
  heardDevices(limit: number): Promise<number>;
}

/** The marker beside the database: which one ran here last, and the least it had reached. */
export interface DatabaseMarker {
  /** Never rejects: what cannot be read is `unreadable`. */
  read(): Promise<FoundMarker>;
  /** Replaces it; it is on disk when the promise resolves. @throws DomainError `storage-full`, `unavailable` */
  write(marker: Marker): Promise<void>;
}

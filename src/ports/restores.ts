import type { DatabaseIdentity, FoundMarker, Marker } from '../core/restore';

/** What the database knows of itself, and of a restore. */
export interface RestoreRecords {
  /** The identity, made with this id when there is none; and why the database is suspected, if it is. @throws DomainError `storage-full`, `unavailable` */
  identity(newId: string): Promise<DatabaseIdentity & { readonly suspicion: string | null }>;
  /**
   * Notes that the database may be an older copy, until {@link RestoreRecords.marked}. It is another one from now on.
   * @param named the hash that devices named: it is known from now on, and not told again; `null` when the marker told, at a
   * start: then no offer of before stands any longer
   * @throws DomainError `storage-full`, `unavailable`
   */
  suspect(newId: string, reason: string, named: string | null, at: Date): Promise<void>;
  /** The last time that it was taken for an older copy, under an id that it had then alone; `undefined` when it never was. */
  lastRestore(): { readonly id: string; readonly reason: string; readonly at: Date } | undefined;
  /** Notes that the marker names this database, and that a suspicion was dealt with. */
  marked(): Promise<void>;
  /** Whether a bundle with these bytes was ever here, deleted or not, or people have heard of it. */
  isKnownHash(sha256: string): boolean;
  /** How many devices were ever heard, counted up to a limit. */
  heardDevices(limit: number): number;
}

/** The marker beside the database: which one ran here last, and how far it had come. */
export interface DatabaseMarker {
  /** Never rejects: what cannot be read is `unreadable`. */
  read(): Promise<FoundMarker>;
  /** Replaces it; it is on disk when the promise resolves. @throws DomainError `storage-full`, `unavailable` */
  write(marker: Marker): Promise<void>;
}

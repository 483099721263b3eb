/**
 * The database that a server runs on, as backups see it: an archive holds it as one SQLite file, whatever kind it is.
 */
export interface ArchivedDatabase {
  /**
   * Copies one consistent state of it into a new file, even while servers write.
   * @throws DomainError `not-found` without a database, `configuration` when another version made its tables, `storage-full`,
   * `unavailable`
   */
  copyTo(file: string): Promise<void>;
  /**
   * Locks servers out of it, to replace what is there.
   * @param isForced whether a database that is there may be replaced
   * @throws DomainError `configuration` while a server runs on it, `conflict` when there is one already, `unavailable`
   */
  replace(isForced: boolean): Promise<DatabaseReplacement>;
}

/** Servers are kept away until `close`. */
export interface DatabaseReplacement {
  /**
   * Puts a database file in place, completely or not at all.
   * @returns where the database that was there is now; `null` when there was none
   */
  put(file: string): Promise<string | null>;
  close(): Promise<void>;
}

/** The database that a server runs on, as backups see it: an archive has it as one SQLite file, whatever it is. */
export interface ArchivedDatabase {
  /**
   * Copies one state of it into a new file, whatever servers write meanwhile.
   * @throws DomainError `not-found` without a database, `configuration` when another version made its tables, `storage-full`,
   * `unavailable`
   */
  copyTo(file: string): Promise<void>;
  /**
   * Keeps servers from it, to replace what is there.
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

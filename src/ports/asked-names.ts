/** A name or address of the server that a device asked for, and when it last did. */
export interface AskedName {
  readonly name: string;
  readonly askedAt: Date;
}

/** Stores the names that devices asked for, so that they survive a restart. */
export interface AskedNameRecords {
  /** The name asked for longest ago comes first. `SELECT * FROM asked_names ORDER BY asked_at` */
  all(): Promise<readonly AskedName[]>;
  /**
   * `INSERT INTO asked_names … ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at`, in the order of names, then
   * `DELETE FROM asked_names WHERE name IN (SELECT name … ORDER BY asked_at DESC OFFSET $3)`
   * @param keep how many names stay: the latest
   * @throws DomainError `storage-full`, `unavailable`
   */
  save(names: readonly AskedName[], keep: number): Promise<void>;
}

/** A name or address of the server that a device asked for, and when last. */
export interface AskedName {
  readonly name: string;
  readonly askedAt: Date;
}

/** Where it lasts which names devices asked for, so that a restart does not forget them. */
export interface AskedNameRecords {
  /** The one that was asked for longest ago first. `SELECT * FROM asked_names ORDER BY asked_at` */
  all(): Promise<readonly AskedName[]>;
  /**
   * `INSERT INTO asked_names … ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at`, in the order of names, then
   * `DELETE FROM asked_names WHERE name IN (SELECT name … ORDER BY asked_at DESC OFFSET $3)`
   * @param keep so many stay, the latest
   * @throws DomainError `storage-full`, `unavailable`
   */
  save(names: readonly AskedName[], keep: number): Promise<void>;
}

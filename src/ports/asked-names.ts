/** A name or address of the server that a device asked for, and when last. */
export interface AskedName {
  readonly name: string;
  readonly askedAt: Date;
}

/** Where it lasts which names devices asked for, so that a restart does not forget them. */
export interface AskedNameRecords {
  all(): readonly AskedName[];
  /**
   * @param keep so many stay, the latest
   * @throws DomainError `storage-full`, `unavailable`
   */
  save(names: readonly AskedName[], keep: number): Promise<void>;
}

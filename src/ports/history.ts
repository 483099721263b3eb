/** Devices that run a version; `null` for those that report none, and for all versions beyond the most frequent. */
export interface VersionCount {
  readonly version: string | null;
  readonly devices: number;
}

/** How many devices of a channel ran a version at a time. */
export interface HistoryCount extends VersionCount {
  readonly compatible: string;
  readonly channel: string;
}

/** Decides how long a snapshot is kept: it is the first of a day, the first of an hour, or any other. */
export type SnapshotGrain = 'day' | 'hour' | 'moment';

/** Stores snapshots of the fleet. */
export interface HistoryRecords {
  /** When the last snapshot was taken. `SELECT max(at) FROM fleet_snapshots` */
  lastAt(): Promise<Date | undefined>;
  /**
   * Saves a snapshot. It replaces one of the same time, and later ones, which a wrong clock must have dated. `DELETE FROM
   * fleet_snapshots WHERE at >= $1` (its counts go with it), `INSERT INTO fleet_snapshots …`, `INSERT INTO fleet_counts …`
   * @throws DomainError `storage-full`, `unavailable`
   */
  save(at: Date, grain: SnapshotGrain, counts: readonly HistoryCount[]): Promise<void>;
  /**
   * Removes the oldest snapshots of a grain that were taken before a time. `DELETE FROM fleet_snapshots WHERE at IN (SELECT at …
   * WHERE grain = $1 AND at < $2 ORDER BY at LIMIT $3)`
   * @throws DomainError `storage-full`, `unavailable`
   */
  prune(grain: SnapshotGrain, before: Date, atMost: number): Promise<void>;
  /** When the snapshots were taken, oldest first. `SELECT at FROM fleet_snapshots WHERE at >= $1 ORDER BY at` */
  times(since: Date): Promise<readonly Date[]>;
  /** `SELECT at, version, sum(devices) FROM fleet_counts WHERE at = ANY($1) AND compatible = $2 AND channel = $3 GROUP BY at, version` */
  counts(
    times: readonly Date[],
    of: HistoryScope,
  ): Promise<readonly (VersionCount & { readonly at: Date })[]>;
}

/** The devices counted: all that match. */
export interface HistoryScope {
  readonly compatible?: string;
  readonly channel?: string;
}

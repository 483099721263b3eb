/** Devices that run a version; `null` for those that tell none, and for all beyond the most frequent. */
export interface VersionCount {
  readonly version: string | null;
  readonly devices: number;
}

/** How many devices of a channel ran a version at a time. */
export interface HistoryCount extends VersionCount {
  readonly compatible: string;
  readonly channel: string;
}

/** How long a snapshot stays: the first of a day, the first of an hour, or one of the others. */
export type SnapshotGrain = 'day' | 'hour' | 'moment';

/** Where snapshots of the fleet last. */
export interface HistoryRecords {
  /** When the last one was taken. */
  lastAt(): Date | undefined;
  /** Saves one, and removes those that lie after it: then the clock was wrong. */
  save(at: Date, grain: SnapshotGrain, counts: readonly HistoryCount[]): Promise<void>;
  /** Removes the oldest of a grain from before a time. */
  prune(grain: SnapshotGrain, before: Date, atMost: number): Promise<void>;
  /** When they were taken, oldest first. */
  times(since: Date): readonly Date[];
  counts(times: readonly Date[], of: HistoryScope): readonly (VersionCount & { readonly at: Date })[];
}

/** The devices that are looked at: all that fit. */
export interface HistoryScope {
  readonly compatible?: string;
  readonly channel?: string;
}

import type { DiskThreadOptions } from './disk-worker';
import type { Upgrade } from './migrate';
import type { SearchLimits } from './searches';

/** How a database is opened. */
export interface DatabaseOptions {
  /** How long a write waits for another process, such as a token command, to finish its own; default: 5 s. */
  readonly busyTimeoutMs?: number;
  /** Called before an older database is upgraded; the upgrade of a large one takes a while. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Called with failures that no caller waits for; without it they go unreported. */
  readonly onError?: (error: unknown) => void;
  /** Called before the database is opened for writing; throwing prevents it. */
  readonly beforeWriting?: () => void;
  /** Lets threads wait for the disk instead of the event loop: for a program that answers others meanwhile. */
  readonly diskThread?: DiskThreadOptions | undefined;
  /** How long a search may take, and how many may wait. */
  readonly searches?: SearchLimits;
  /**
   * Opens the database read-only while its disk is full or read-only, until {@link Database.tryWriting}. Otherwise,
   * opening fails.
   */
  readonly mayOnlyRead?: boolean;
}

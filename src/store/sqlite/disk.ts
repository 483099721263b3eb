import type { DomainError } from '../../core/errors';

/** Learns when something is on disk, or why that is unknown. */
export type TellSynced = (failure?: DomainError) => void;

/** How committed data gets to the disk. */
export interface Disk {
  /** Why nothing more may be acknowledged; `null` while all is well. */
  readonly failure: DomainError | null;
  /** Calls back once transactions may begin: at once when they may. */
  whenFree(callback: () => void): void;
  /** Calls back once everything committed so far is on disk. Call it right after a commit. */
  committed(tell: TellSynced): void;
  /**
   * Resolves once all that is committed by now is on disk; `undefined` when it is.
   * @throws DomainError `unavailable` (by the promise) when that failed
   */
  synced(): Promise<void> | undefined;
  /** Resolves once all that is committed is in the database, or cannot be: then the next start reads it from the -wal file. */
  settle(): Promise<void>;
  /** Blocks until everything committed is on disk. @throws DomainError `unavailable` */
  close(): void;
}

/** For a short program: SQLite waits for the disk in each commit (`PRAGMA synchronous = FULL`). */
export const waitedFor: Disk = {
  failure: null,
  whenFree: (callback) => callback(),
  committed: (tell) => tell(),
  synced: () => undefined,
  settle: () => Promise.resolve(),
  close: () => undefined,
};

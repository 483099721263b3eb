import type { DomainError } from '../../core/errors';

/** Called when something is on disk, or with the reason why that is unknown. */
export type TellSynced = (failure?: DomainError) => void;

/** How committed data reaches the disk. */
export interface Disk {
  /** Why nothing more may be acknowledged; `null` while all is well. */
  readonly failure: DomainError | null;
  /** Calls back once transactions may begin, possibly at once. */
  whenFree(callback: () => void): void;
  /** Calls back once everything committed so far is on disk. Call it right after a commit. */
  committed(tell: TellSynced): void;
  /**
   * Resolves once everything committed so far is on disk; `undefined` if it already is.
   * @throws DomainError `unavailable` (through the promise) if that failed
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

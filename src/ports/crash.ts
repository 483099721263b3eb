import type { Crash } from '../core/crash';

/** The exception that ended the last run of the server, if one did. */
export interface CrashRecord {
  /** @returns `undefined` when the last run ended normally, or when it is unknown how it ended */
  read(): Crash | undefined;
  /**
   * Writes the record before it returns, because the process is about to end.
   * @throws Error of the file system
   */
  write(crash: Crash): void;
  clear(): void;
}

import type { Crash } from '../core/crash';

/** How the last run of the server ended, when it was an exception. */
export interface CrashRecord {
  /** @returns `undefined` when the last run ended normally, or that is unknown */
  read(): Crash | undefined;
  /**
   * Writes it before it returns: the process is about to end.
   * @throws Error of the file system
   */
  write(crash: Crash): void;
  clear(): void;
}

import type { Clock } from '../../ports/clock';
import type { Backups } from '../../ports/backups';
import { makeBackup } from './make-backup';
import { restoreBackup } from './restore-backup';

export interface BackupTerms {
  /** Of this program. */
  readonly version: string;
  /** Names this process to servers that are refused meanwhile. */
  readonly pid: number;
  readonly now: Clock;
  /** An id for a database that was restored, each used once. */
  readonly newId: () => string;
}

/** Archives as `.tar` files. */
export function createBackups({ version, pid, now, newId }: BackupTerms): Backups {
  return {
    make: (request) => makeBackup({ ...request, version, at: now(), newId: newId() }),
    restore: (request) => restoreBackup({ ...request, pid, at: now(), newId: newId() }),
  };
}

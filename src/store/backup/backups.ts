import type { Clock } from '../../ports/clock';
import type { Backups } from '../../ports/backups';
import { makeBackup } from './make-backup';
import { restoreBackup } from './restore-backup';

export interface BackupTerms {
  /** This program's version. */
  readonly version: string;
  /** Identifies this process to servers that are refused meanwhile. */
  readonly pid: number;
  readonly now: Clock;
  /** A new id for a restored database; each is used once. */
  readonly newId: () => string;
}

/** Backups as `.tar` archives. */
export function createBackups({ version, pid, now, newId }: BackupTerms): Backups {
  return {
    make: (request) => makeBackup({ ...request, version, at: now(), newId: newId() }),
    restore: (request) => restoreBackup({ ...request, pid, at: now(), newId: newId() }),
  };
}

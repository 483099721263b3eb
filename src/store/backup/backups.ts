import type { Clock } from '../../ports/clock';
import type { BackupRequest, Backups } from '../../ports/backups';
import type { ArchivedDatabase } from './archived-database';
import { makeBackup } from './make-backup';
import { restoreBackup } from './restore-backup';
import { sqliteArchived } from './sqlite-archived';

export interface BackupTerms {
  /** This program's version. */
  readonly version: string;
  /** Identifies this process to servers that are refused meanwhile. */
  readonly pid: number;
  readonly now: Clock;
  /** A new id for a restored database; each is used once. */
  readonly newId: () => string;
  readonly postgres: (url: string) => ArchivedDatabase;
}

/** Backups as `.tar` archives. */
export function createBackups({ version, pid, now, newId, postgres }: BackupTerms): Backups {
  const databaseOf = ({ databaseUrl, dataDir }: Place, at: Date) =>
    databaseUrl === null ? sqliteArchived(dataDir, at) : postgres(databaseUrl);
  return {
    make(request) {
      const at = now();
      return makeBackup({ ...request, database: databaseOf(request, at), version, at, newId: newId() });
    },
    restore(request) {
      const at = now();
      return restoreBackup({ ...request, database: databaseOf(request, at), pid, at, newId: newId() });
    },
  };
}

type Place = Pick<BackupRequest, 'databaseUrl' | 'dataDir'>;

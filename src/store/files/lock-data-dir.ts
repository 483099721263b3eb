import { closeSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'libsql';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { openOwnFile } from '../refuse-links';
import { isUnwritable, storageError } from '../storage-error';
import { whyNotOpened } from '../try-disk';

export interface DataDirLock {
  release(): void;
}

/** Locks that are held. Without a reference, the connection would be collected, and its lock with it. */
const held = new Set<Sqlite.Database>();

/**
 * Makes this process the only server on a data folder. The lock is SQLite's, on a file of its own, so the kernel releases it however the
 * process ends. A process id in a file could belong to another process after a reboot, and in containers every server is process 1.
 * @param pid shown to the process that is refused the lock; `null` changes nothing in the file
 * @throws DomainError `configuration` if another server holds it; `storage-full`, `unavailable` if it cannot be taken
 */
export function lockDataDir(dataDir: string, pid: number | null): DataDirLock {
  const sqlite = openLockFile(path.join(dataDir, 'server.lock'));
  try {
    sqlite.pragma('busy_timeout = 0');
    sqlite.exec('BEGIN IMMEDIATE');
    if (pid !== null) notePid(sqlite, dataDir, pid);
    if (!sqlite.inTransaction) sqlite.exec('BEGIN IMMEDIATE'); // held from here; readers still see the pid
  } catch (error) {
    const refusal = isBusy(error)
      ? inUse(dataDir, holderOf(sqlite))
      : storageError(whyNotOpened(error, dataDir));
    sqlite.close();
    throw refusal;
  }
  held.add(sqlite);
  return {
    release: () => {
      if (!held.delete(sqlite)) return;
      sqlite.exec('ROLLBACK'); // closing alone may wait until its statements are collected
      sqlite.close();
    },
  };
}

/** On a full disk, the lock is held without it. */
function notePid(sqlite: Sqlite.Database, dataDir: string, pid: number): void {
  try {
    sqlite.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT');
    sqlite.exec('DELETE FROM holder');
    sqlite.exec(`INSERT INTO holder VALUES (${Math.trunc(pid)})`);
    sqlite.exec('COMMIT');
  } catch (error) {
    if (!isUnwritable(storageError(whyNotOpened(error, dataDir)))) throw error;
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
  }
}

function openLockFile(file: string): Sqlite.Database {
  try {
    closeSync(openOwnFile(file)); // SQLite would make it readable for all
    return new Sqlite(file);
  } catch (error) {
    const translated = storageError(error);
    if (isUnwritable(translated)) throw translated;
    throw DomainError.of('lock-file-unusable', { file }, { cause: error });
  }
}

function isBusy(error: unknown): boolean {
  return systemErrorCode(error)?.startsWith('SQLITE_BUSY') ?? false;
}

function holderOf(sqlite: Sqlite.Database): number | undefined {
  try {
    const [row] = sqlite.prepare('SELECT pid FROM holder').all([]) as { pid: number }[];
    return row?.pid;
  } catch {
    return undefined; // it is being written right now
  }
}

function inUse(dataDir: string, pid: number | undefined): DomainError {
  return DomainError.of(
    'data-folder-in-use',
    { dataDir, pid: pid ?? null },
    pid === undefined ? {} : { details: { pid } },
  );
}

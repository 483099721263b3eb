import { cp } from 'node:fs/promises';
import { copyDatabase, isOnPostgres } from './postgres-services';

/**
 * Copies what a stopped server left, with its database. A SQLite file is copied without its `-wal` (then empty) and `-shm` (then useless): within one process they disappear only when
 * the garbage collector takes the last statement, which may happen in the middle of the copy.
 */
export async function copyStopped(from: string, to: string): Promise<void> {
  if (isOnPostgres) await copyDatabase(from, to);
  await cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (file) => !/\.db-(wal|shm)$/.test(file),
  });
}

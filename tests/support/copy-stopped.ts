import { cp } from 'node:fs/promises';

/**
 * Copies what a stopped server left. Its `-wal` is empty then and its `-shm` is of no use; both are left out, because in one
 * process they go only when the garbage collector takes the last statement, which may be in the middle of the copy.
 */
export function copyStopped(from: string, to: string): Promise<void> {
  return cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (file) => !/\.db-(wal|shm)$/.test(file),
  });
}

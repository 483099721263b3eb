import { cp } from 'node:fs/promises';

/**
 * Copies what a stopped server left, without its `-wal` (then empty) and `-shm` (then useless): within one process they disappear only when
 * the garbage collector takes the last statement, which may happen in the middle of the copy.
 */
export function copyStopped(from: string, to: string): Promise<void> {
  return cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: (file) => !/\.db-(wal|shm)$/.test(file),
  });
}

import { closeSync, openSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../base/files/system-error';
import { storing } from './storage-error';

/** More than a burst of devices needs, so that a disk that fills up with the next commit does not count as well. */
const trialSizeBytes = 256 << 10;

/** Finds out whether a folder's disk has room to continue. @throws DomainError `storage-full`, `unavailable` */
export async function tryDisk(folder: string): Promise<void> {
  const file = trialFile(folder);
  await storing(async () => {
    await rm(file, { force: true }); // left by a killed server
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(Buffer.alloc(trialSizeBytes));
      await handle.sync();
    } finally {
      await handle.close();
      await rm(file, { force: true });
    }
  });
}

/**
 * Finds the cause that SQLite leaves out: it says only that it cannot open a file.
 * @returns the system's error for a new file in that folder, or the error itself
 */
export function whyNotOpened(error: unknown, folder: string): unknown {
  if (systemErrorCode(error)?.startsWith('SQLITE_CANTOPEN') !== true) return error;
  const file = trialFile(folder);
  try {
    closeSync(openSync(file, 'wx', 0o600));
    rmSync(file);
    return error;
  } catch (cause) {
    return systemErrorCode(cause) === 'EEXIST' ? error : cause;
  }
}

function trialFile(folder: string): string {
  return path.join(folder, '.room');
}

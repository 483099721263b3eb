import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './system-error';

/** Text is written as UTF-8. */
export type FileContent = string | Uint8Array;

/**
 * Writes a new file, and waits until its bytes are on disk. Leaves nothing behind when it fails.
 * @param mode applied regardless of the umask
 * @throws the system's error; `EEXIST` when the name is taken; the existing file is left alone
 */
export async function writeNewFile(path: string, content: FileContent, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Errors of systems that cannot sync a folder, and make its names durable in another way. */
const cannotSync = new Set(['EISDIR', 'EPERM', 'EINVAL', 'EACCES']);

/** Makes added and removed names in a folder survive a power cut. @throws the system's error */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!cannotSync.has(systemErrorCode(error) ?? '')) throw error;
  }
}

/**
 * Replaces a small file in one step: readers see either the old or the new content, complete, even after a power cut.
 * @param temporary a path in the same folder that nothing else uses now; anything a killed process left there is overwritten
 * @throws the system's error; the old file then stays
 */
export async function replaceFile(
  path: string,
  content: FileContent,
  { mode, temporary = `${path}.part` }: { readonly mode: number; readonly temporary?: string },
): Promise<void> {
  await rm(temporary, { force: true });
  await writeNewFile(temporary, content, mode);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Like {@link replaceFile}, but synchronous, for a process that is about to end.
 * @throws the system's error; the old file then stays
 */
export function replaceFileSync(
  path: string,
  content: FileContent,
  { mode }: { readonly mode: number },
): void {
  const temporary = `${path}.part`;
  rmSync(temporary, { force: true });
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      fchmodSync(file, mode);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolderSync(dirname(path));
}

/** Like {@link syncFolder}, but synchronous. @throws the system's error */
export function syncFolderSync(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!cannotSync.has(systemErrorCode(error) ?? '')) throw error;
  }
}

import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './system-error';

/**
 * Makes a folder and those above it, unless they are there.
 * @param mode of those that are made
 * @throws the system's error; on a read-only disk `EROFS`, where Node alone says `ENOENT`
 */
export async function makeFolder(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode });
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') await requireWritable(dirname(folder));
    throw error;
  }
}

/** Asks the folder, or the first one above it that is there. */
async function requireWritable(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    await requireWritable(dirname(folder));
  }
}

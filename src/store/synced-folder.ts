import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Makes names that were added to or removed from a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a small file so that readers see the old or the new text, never a part. Mode 0600. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  try {
    await rm(part, { force: true }); // of a killed server; and a link there would have us write elsewhere
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(file));
}

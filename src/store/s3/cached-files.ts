import { lstat, readdir, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../base/files/make-folder';
import { isSha256 } from '../../core/bundle';

/** The end of the names of bundles that are arriving. */
export const partSuffix = '.part';

export interface CachedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Finds what an earlier process left in the cache folder, and makes the folder if it is missing. Partial files are removed, because which of
 * their blocks had arrived is not recorded.
 * @returns whole bundles, the least recently used first
 */
export async function takeOverCachedFiles(folder: string): Promise<readonly CachedFile[]> {
  await makeFolder(folder, 0o700);
  const found: (CachedFile & { readonly usedMs: number })[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith(partSuffix) && isSha256(name.slice(0, -partSuffix.length)))
      await rm(file, { force: true });
    if (!isSha256(name)) continue;
    const stats = await lstat(file);
    if (stats.isFile()) found.push({ sha256: name, sizeBytes: stats.size, usedMs: stats.mtimeMs });
  }
  return found.sort((one, other) => one.usedMs - other.usedMs);
}

/** Free space on a folder's disk, in bytes. */
export async function freeBytesIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

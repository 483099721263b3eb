import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../base/files/make-folder';

/** Ends the names of bundles that are arriving. */
export const partSuffix = '.part';
const hashPattern = /^[0-9a-f]{64}$/;

export interface CachedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Finds what an earlier process left in the folder of the cache, which is made if it is missing. Parts are removed: nobody knows which of
 * their blocks had arrived.
 * @returns whole bundles, the one first that was used longest ago
 */
export async function takeOverCachedFiles(folder: string): Promise<readonly CachedFile[]> {
  await makeFolder(folder, 0o700);
  const found: (CachedFile & { readonly usedMs: number })[] = [];
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    if (name.endsWith(partSuffix)) await rm(file, { force: true });
    if (!hashPattern.test(name)) continue;
    const stats = await lstat(file);
    if (stats.isFile()) found.push({ sha256: name, sizeBytes: stats.size, usedMs: stats.mtimeMs });
  }
  return found.sort((one, other) => one.usedMs - other.usedMs);
}

import { lstat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import type { StorageUsage } from '../../ports/data-folder';

/** What the data folder takes, and what is left for it, in bytes. */
export async function measureStorage(dataDir: string): Promise<StorageUsage> {
  const files = ['server.db', 'server.db-wal'].map((name) => sizeOf(path.join(dataDir, name)));
  const { bavail, bsize } = await statfs(dataDir);
  const sizes = await Promise.all(files);
  return { databaseBytes: sizes.reduce((sum, size) => sum + size, 0), freeBytes: bavail * bsize };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await lstat(file)).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

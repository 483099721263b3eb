import type { Dirent } from 'node:fs';
import { lstat, readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import type { StorageUsage } from '../../ports/data-folder';

/** Limit for files of the data folder other than bundles. Anything beyond it is counted as if it were outside. */
const maxOtherEntries = 10_000;
const databaseNames = new Set(['server.db', 'server.db-wal', 'server.db-shm']);

/**
 * What uses the space on the disk, or on both disks if bundles have their own, and what is left.
 * @param folder where bundles are, and uploads in `.incoming`
 */
export async function measureStorage(
  dataDir: string,
  folder = path.join(dataDir, 'bundles'),
): Promise<StorageUsage> {
  const top = await entriesOf(dataDir);
  const isDatabase = ({ name }: Dirent) => databaseNames.has(name);
  const database = await sizeOfAll(top.filter(isDatabase));
  const others = top.filter((entry) => !isDatabase(entry) && path.join(dataDir, entry.name) !== folder);
  const bundles = await sizeOfAll(await entriesOf(folder));
  const uploads = await sizeOfAll(await entriesOf(path.join(folder, '.incoming')));
  const other = await sizeBelow(others);
  const disks = await disksOf(dataDir, folder);
  const used = disks.reduce((sum, disk) => sum + disk.usedBytes, 0);
  const outside = Math.max(0, used - database - bundles - uploads - other);
  return {
    sizes: { bundles, uploads, database, other, outside },
    freeBytes: Math.min(...disks.map(({ freeBytes }) => freeBytes)),
  };
}

async function disksOf(dataDir: string, folder: string) {
  const device = await ifThere(stat(folder));
  const places =
    device === undefined || device.dev === (await stat(dataDir)).dev ? [dataDir] : [dataDir, folder];
  return await Promise.all(
    places.map(async (place) => {
      const { blocks, bfree, bavail, bsize } = await statfs(place);
      return { usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize };
    }),
  );
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
}

/** Counts only files: the target of a link is elsewhere. One at a time, to leave the disk to uploads and devices. */
async function sizeOfAll(entries: readonly Dirent[]): Promise<number> {
  let sum = 0;
  for (const entry of entries)
    if (entry.isFile()) sum += (await ifThere(lstat(path.join(entry.parentPath, entry.name))))?.size ?? 0;
  return sum;
}

async function sizeBelow(entries: readonly Dirent[]): Promise<number> {
  const waiting = [...entries];
  let sum = 0;
  for (let seen = 0; seen < maxOtherEntries; seen += 1) {
    const entry = waiting.pop();
    if (entry === undefined) break;
    if (entry.isDirectory()) waiting.push(...(await entriesOf(path.join(entry.parentPath, entry.name))));
    else sum += await sizeOfAll([entry]);
  }
  return sum;
}

/** Files come and go during the walk. */
async function ifThere<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

import { existsSync } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../base/files/replace-file';
import { DomainError } from '../../core/errors';
import { refuseEmptied } from '../sqlite/refuse-emptied';
import type { ArchivedDatabase } from './archived-database';
import { copyDatabase, foldIn } from './copy-database';

/** The database of a data folder. A replacement holds the folder's lock, which keeps servers away. */
export function sqliteArchived(dataDir: string, at: Date): ArchivedDatabase {
  const file = path.join(dataDir, 'server.db');
  return {
    async copyTo(copy) {
      await requireDatabase(file);
      copyDatabase(file, copy);
    },
    replace(isForced) {
      if (!isForced && existsSync(file)) throw DomainError.of('database-to-replace', { dataDir });
      return Promise.resolve({
        async put(restored) {
          const kept = await setAside(file, at);
          await rename(restored, file);
          await syncFolder(dataDir);
          return kept;
        },
        close: () => Promise.resolve(),
      });
    },
  };
}

async function requireDatabase(file: string): Promise<void> {
  refuseEmptied(file); // an empty backup would replace one that is needed now
  const isThere = await lstat(file).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isThere) return;
  throw DomainError.of('no-database', { file });
}

async function setAside(file: string, at: Date): Promise<string | null> {
  if (!existsSync(file)) return null;
  try {
    foldIn(file);
  } catch {
    // It is damaged: keep it and its -wal file as they are.
  }
  const kept = `${file}.${at.toISOString().replace(/[-:]|\.\d+/g, '')}.old`;
  for (const part of ['-wal', '']) if (existsSync(file + part)) await rename(file + part, kept + part);
  await rm(`${file}-shm`, { force: true });
  return kept;
}

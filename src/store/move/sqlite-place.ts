import { existsSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'libsql';
import { syncFolder } from '../../base/files/replace-file';
import { DomainError } from '../../core/errors';
import { hasContent, stampOf } from '../sqlite/database-file';
import { openToWrite } from '../sqlite/open-sqlite';
import { readBundles } from '../sqlite/read-condition';
import { refuseEmptied } from '../sqlite/refuse-emptied';
import { storing } from '../storage-error';
import { type RowSource, type RowTarget } from './places';
import { sqliteReader, sqliteWriter } from './sqlite-rows';

const busyTimeoutMs = 5_000;

/**
 * Opens the database of a data folder whose lock is held. SQLite would create files beside it even to read it, so this reads a copy,
 * and upgrades the copy if an earlier version wrote the database.
 * @param scratch an existing folder for the copy
 * @throws DomainError `not-found` without a database, `configuration` when it is damaged or of a newer version
 */
export async function openSqliteSource(dataDir: string, scratch: string): Promise<RowSource> {
  const file = path.join(dataDir, 'server.db');
  const copy = path.join(scratch, 'source.db');
  refuseEmptied(file);
  if (!hasContent(file)) throw DomainError.of('no-database', { file });
  await storing(() => copyStill(file, copy));
  const connection = openToWrite(copy, { isSynchronous: false, busyTimeoutMs, onUpgrade: undefined });
  return {
    read: (work) => work(sqliteReader(connection.sqlite)),
    bundles: () => Promise.resolve(readBundles(copy)),
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
}

/**
 * Fills a new database in the scratch folder, and gives it its name once it is complete.
 * @param scratch an existing folder on the same disk
 */
export function openSqliteTarget(dataDir: string, scratch: string): RowTarget {
  const file = path.join(dataDir, 'server.db');
  const draft = path.join(scratch, 'target.db');
  return {
    async read(work) {
      if (!existsSync(file)) return undefined;
      // Without a -wal file SQLite is told that the file does not change: otherwise it would create files even for a reader.
      const how = hasContent(`${file}-wal`) ? 'mode=ro' : 'immutable=1';
      const sqlite = new Sqlite(`${pathToFileURL(file).href}?${how}`);
      try {
        return await work(sqliteReader(sqlite));
      } finally {
        sqlite.close();
      }
    },
    async write(work) {
      const result = await storing(async () => {
        await removeDatabase(draft);
        const connection = openToWrite(draft, { isSynchronous: false, busyTimeoutMs, onUpgrade: undefined });
        const { sqlite } = connection;
        try {
          return await inTransaction(sqlite, () => work(sqliteWriter(sqlite)));
        } finally {
          connection.close(); // closing moves the -wal file into the database
        }
      });
      await storing(() => nameIt(draft, file));
      return result;
    },
    close: () => Promise.resolve(),
  };
}

async function inTransaction<Result>(sqlite: Sqlite.Database, work: () => Promise<Result>): Promise<Result> {
  sqlite.exec('BEGIN IMMEDIATE');
  const result = await work();
  sqlite.exec('COMMIT');
  return result;
}

/** @throws DomainError `unavailable` when a command writes meanwhile */
async function copyStill(file: string, copy: string): Promise<void> {
  const wal = `${file}-wal`;
  const stamps = () => `${stampOf(file)} ${hasContent(wal) ? stampOf(wal) : ''}`;
  await removeDatabase(copy);
  const before = stamps();
  await copyFile(file, copy);
  if (hasContent(wal)) await copyFile(wal, `${copy}-wal`);
  if (stamps() !== before) throw DomainError.of('database-locked');
}

async function nameIt(draft: string, file: string): Promise<void> {
  if (hasContent(`${draft}-wal`)) throw new Error('the -wal file was not moved into the database');
  const handle = await open(draft, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(path.dirname(file));
}

async function removeDatabase(file: string): Promise<void> {
  for (const part of ['', '-wal', '-shm']) await rm(file + part, { force: true });
}

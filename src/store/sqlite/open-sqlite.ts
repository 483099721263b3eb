import { closeSync, fchmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'libsql';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { openOwnFile, refuseLinks } from '../refuse-links';
import { isOfReadOnlyDisk, storageError } from '../storage-error';
import { whyNotOpened } from '../try-disk';
import { hasContent, stampOf } from './database-file';
import { migrate, requireThisVersion, type Upgrade } from './migrate';
import { refuseEmptied } from './refuse-emptied';

export interface WritableOptions {
  /** Whether each commit waits for the disk; otherwise the caller syncs the -wal file and moves it into the database. */
  readonly isSynchronous: boolean;
  /** How long a statement waits for another process's statement, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Called before an older database is upgraded. */
  readonly onUpgrade: ((upgrade: Upgrade) => void) | undefined;
}

/** A connection, and how to end it. */
export interface Connection {
  readonly sqlite: Sqlite.Database;
  /** Whether another process has written something that this connection does not see. */
  isStale(): boolean;
  close(): void;
}

/**
 * Opens a database for reading and writing, and upgrades it. Creates what is missing, with modes 0700 and 0600.
 * @throws DomainError `configuration` if it cannot be used, `storage-full`, `unavailable`
 */
export function openToWrite(
  file: string,
  { isSynchronous, busyTimeoutMs, onUpgrade }: WritableOptions,
): Connection {
  refuseEmptied(file);
  const sqlite = openFile(file);
  try {
    // `exec` leaves no statement behind that would keep a closed connection open.
    sqlite.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    sqlite.exec('PRAGMA journal_mode = WAL');
    sqlite.exec('PRAGMA synchronous = FULL'); // a committed release survives a power cut
    sqlite.exec('PRAGMA foreign_keys = ON');
    sqlite.exec('PRAGMA cache_size = -32768'); // 32 MiB: the devices of a large fleet
    migrate(sqlite, file, onUpgrade);
    if (!isSynchronous) sqlite.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0');
  } catch (error) {
    sqlite.close();
    throw unusable(error, file);
  }
  return { sqlite, isStale: () => false, close: () => closeDatabase(sqlite) };
}

/**
 * Opens a database of this version for reading where not even the files that SQLite shares between processes can be created. It is attached
 * to an empty database in memory, because detaching ends it at once, while closing may wait until its statements are collected.
 * Nothing else in this process may have the file open: closing it releases all locks that the process holds on it.
 * @param why the reason it cannot be opened for writing
 * @throws DomainError as {@link openToWrite}
 */
export function openToRead(file: string, why: DomainError): Connection {
  refuseEmptied(file);
  refuseLinks(path.dirname(file)); // SQLite would follow them
  const attempts = hasContent(`${file}-wal`)
    ? [sharedIndex, indexInMemory, ...(isOfReadOnlyDisk(why) ? [withoutLocks] : [])]
    : [withoutWal];
  let first: unknown;
  for (const attach of attempts) {
    const sqlite = new Sqlite(':memory:');
    try {
      const isStale = attach(sqlite, file);
      requireThisVersion(sqlite, file, { schema: 'stored', why });
      return { sqlite, isStale, close: () => detach(sqlite) };
    } catch (error) {
      sqlite.close();
      first ??= error;
    }
  }
  // Not even SQLite's own files can be created: the problem with the disk explains more.
  throw systemErrorCode(first) === 'SQLITE_CANTOPEN' ? why : unusable(first, file);
}

/** For a database in a single file. Told that the file does not change, SQLite creates no files of its own. */
function withoutWal(sqlite: Sqlite.Database, file: string): () => boolean {
  const stamp = hasContent(file) ? stampOf(file) : '';
  attach(sqlite, file, 'mode=ro&immutable=1');
  return () => hasContent(`${file}-wal`) || stampOf(file) !== stamp;
}

const neverStale = (): boolean => false;

/** Reads beside others, with the existing index of the -wal file. */
function sharedIndex(sqlite: Sqlite.Database, file: string): () => boolean {
  attach(sqlite, file, 'mode=ro');
  return neverStale;
}

/**
 * For when there is no room for that index. Other processes have to wait meanwhile (sqlite.org/wal.html, section 6).
 */
function indexInMemory(sqlite: Sqlite.Database, file: string): () => boolean {
  sqlite.exec('PRAGMA locking_mode = EXCLUSIVE'); // first: attaching reads it
  attach(sqlite, file, 'mode=rw');
  return neverStale;
}

/**
 * For when there is no index, and the read-only file cannot be locked: no process that a lock would keep out can write
 * there.
 */
function withoutLocks(sqlite: Sqlite.Database, file: string): () => boolean {
  sqlite.exec('PRAGMA locking_mode = EXCLUSIVE');
  attach(sqlite, file, 'mode=ro&vfs=unix-none'); // sqlite.org/vfs.html
  return neverStale;
}

function attach(sqlite: Sqlite.Database, file: string, how: string): void {
  sqlite.exec(`ATTACH '${pathToFileURL(file).href.replaceAll("'", '%27')}?${how}' AS stored`);
  sqlite.exec('PRAGMA stored.cache_size = -32768');
}

function detach(sqlite: Sqlite.Database): void {
  sqlite.exec('DETACH stored');
  sqlite.close();
}

function openFile(file: string): Sqlite.Database {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    refuseLinks(path.dirname(file)); // SQLite would follow them
    const descriptor = openOwnFile(file); // SQLite would make it readable for all
    fchmodSync(descriptor, 0o600);
    closeSync(descriptor);
    return new Sqlite(file);
  } catch (error) {
    throw unusable(error, file);
  }
}

function unusable(error: unknown, file: string): unknown {
  if (error instanceof DomainError) return error;
  const code = systemErrorCode(error) ?? '';
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return DomainError.of('not-a-database', { file }, { cause: error });
  }
  const why = whyNotOpened(error, path.dirname(file));
  const translated = storageError(why);
  if (translated !== why) return translated;
  return DomainError.of('database-unusable', { file }, { cause: error });
}

/** Leaves one complete file, without a -wal file beside it, as far as other processes allow. */
function closeDatabase(sqlite: Sqlite.Database): void {
  try {
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // Nothing is lost: the next start reads the -wal file.
  }
  sqlite.close();
}

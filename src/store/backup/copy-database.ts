import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import Sqlite from 'libsql';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { readOnly } from '../sqlite/read-only-database';
import { storageError } from '../storage-error';

const pieceSizeBytes = 1 << 20;

/**
 * Copies one consistent state of a database into a new file, even while a server writes. In libsql, `VACUUM INTO` fails
 * at generated columns and SQLite's backup is not available. So the files are copied under a read transaction: while it
 * is open, no existing frame is removed from the -wal file, and whatever a checkpoint changes in the database file is
 * in those frames too. When the copy is opened, it is in the state of its last whole frame (sqlite.org/walformat.html).
 * @throws DomainError `unavailable` for a damaged database, `storage-full`
 */
export function copyDatabase(from: string, to: string): void {
  try {
    readOnly(from, (sqlite) => copyUnder(sqlite, from, to));
    foldIn(to);
  } catch (error) {
    throw cannotCopy(error, from);
  }
}

function copyUnder(sqlite: Sqlite.Database, from: string, to: string): void {
  rmSync(to, { force: true });
  rmSync(`${to}-wal`, { force: true });
  sqlite.exec('BEGIN');
  sqlite.prepare('SELECT count(*) FROM sqlite_master').all([]); // the transaction begins here
  // Closing any descriptor of the file frees SQLite's locks on it, so this one stays open until everything is copied.
  const database = openSync(from, 'r');
  try {
    copyBytes(database, to);
    copyWal(`${from}-wal`, `${to}-wal`);
  } finally {
    closeSync(database);
  }
  sqlite.exec('COMMIT');
}

function copyWal(from: string, to: string): void {
  let wal: number;
  try {
    wal = openSync(from, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return; // everything is in the database file
    throw error;
  }
  try {
    copyBytes(wal, to);
  } finally {
    closeSync(wal);
  }
}

function copyBytes(from: number, to: string): void {
  const output = openSync(to, 'wx', 0o600);
  try {
    const piece = Buffer.allocUnsafe(pieceSizeBytes);
    for (let at = 0; ;) {
      const count = readSync(from, piece, 0, piece.length, at);
      if (count === 0) return;
      for (let done = 0; done < count;) done += writeSync(output, piece, done, count - done);
      at += count;
    }
  } finally {
    closeSync(output);
  }
}

/**
 * Moves the contents of the -wal file into the database, so that it is one complete file.
 * @throws what SQLite throws
 */
export function foldIn(file: string): void {
  const sqlite = new Sqlite(file);
  try {
    sqlite.pragma('journal_mode = DELETE');
  } finally {
    sqlite.close();
  }
}

function cannotCopy(error: unknown, file: string): unknown {
  const code = systemErrorCode(error) ?? '';
  if (code !== 'SQLITE_NOTADB' && !code.startsWith('SQLITE_CORRUPT'))
    return code === 'SQLITE_FULL' ? error : storageError(error);
  return DomainError.of('database-not-copied', { file }, { cause: error });
}

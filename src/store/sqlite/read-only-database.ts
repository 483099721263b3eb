import { pathToFileURL } from 'node:url';
import Sqlite from 'libsql';
import { hasContent, stampOf } from './database-file';

/**
 * Reads a database without changing it, with a server on it or without one. As long as there is nothing in the -wal file, the
 * database file is all there is, and SQLite is told that it does not change: otherwise it would make files of its own for a
 * reader too. When a server wrote meanwhile it is read again, as other programs on the same database do.
 * @param file which exists
 * @throws what SQLite throws
 */
export function readOnly<Result>(file: string, read: (sqlite: Sqlite.Database) => Result): Result {
  const before = stampOf(file);
  const isStill = () => !hasContent(`${file}-wal`) && stampOf(file) === before;
  if (isStill()) {
    try {
      const result = readOnce(file, 'immutable=1', read);
      if (isStill()) return result;
    } catch (error) {
      if (isStill()) throw error;
    }
  }
  return readOnce(file, 'mode=ro', read);
}

function readOnce<Result>(
  file: string,
  how: 'mode=ro' | 'immutable=1',
  read: (sqlite: Sqlite.Database) => Result,
): Result {
  const sqlite = new Sqlite(`${pathToFileURL(file).href}?${how}`);
  try {
    sqlite.pragma('busy_timeout = 5000');
    return read(sqlite);
  } finally {
    sqlite.close();
  }
}

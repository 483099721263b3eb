import { pathToFileURL } from 'node:url';
import Sqlite from 'libsql';
import { hasContent, stampOf } from './database-file';

/**
 * Reads a database without changing it, whether or not a server uses it. While the -wal file is empty, the database
 * file has everything, and SQLite is told that it does not change: otherwise it would create its own files even for a
 * reader. If a server wrote meanwhile, the database is read again.
 * @param file an existing file
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

import { statSync } from 'node:fs';
import type Sqlite from 'libsql';
import { DomainError } from '../../core/errors';
import { storageError } from '../storage-error';
import { migrations } from './migrations';
import { emptied, isMarked } from './refuse-emptied';

/** An older database that is about to be upgraded. */
export interface Upgrade {
  readonly file: string;
  readonly sizeBytes: number;
}

/**
 * Upgrades a database in one transaction.
 * @param onUpgrade called before the upgrade, which takes a while for a large database
 * @throws DomainError `configuration` when it is from a newer version or was emptied, `storage-full`, `unavailable`
 */
export function migrate(
  sqlite: Sqlite.Database,
  file: string,
  onUpgrade: ((upgrade: Upgrade) => void) | undefined,
): void {
  const wasMarked = isMarked(file); // before reading the version: another process may write both meanwhile
  const found = versionOf(sqlite);
  if (found === 0 && wasMarked) throw emptied(file);
  if (found === migrations.length) return;
  if (found > 0 && found < migrations.length) onUpgrade?.({ file, sizeBytes: statSync(file).size });
  // The version is read again inside the transaction: another process may have been faster.
  upgrading(file, found, () =>
    transaction(sqlite, () => {
      const version = versionOf(sqlite);
      if (version > migrations.length) throw newerThanThis(file, version);
      for (const step of migrations.slice(version)) sqlite.exec(step);
      sqlite.pragma(`user_version = ${migrations.length}`);
    }),
  );
}

/**
 * For a database that is read-only.
 * @param schema the name that it is attached as
 * @param why the reason it is read-only: thrown when it is empty or cannot be upgraded
 * @throws DomainError `configuration` when it is from a newer version or was emptied, the code of `why` from an older
 * one
 */
export function requireThisVersion(
  sqlite: Sqlite.Database,
  file: string,
  { schema, why }: { readonly schema: string; readonly why: DomainError },
): void {
  const wasMarked = isMarked(file);
  const version = versionOf(sqlite, schema);
  if (version === 0 && wasMarked) throw emptied(file);
  if (version > migrations.length) throw newerThanThis(file, version);
  if (version === 0) throw why;
  if (version < migrations.length) throw outdated(file, why);
}

/** @param why the reason it cannot be upgraded, or nothing can be written to it */
function outdated(file: string, why: DomainError): DomainError {
  if (why.details !== undefined) return why; // thrown by `upgrading`
  return DomainError.of(
    'upgrade-not-possible',
    { file, why: why.message, whatToDo: why.remedy ?? null },
    { code: why.code, cause: why },
  );
}

function transaction(sqlite: Sqlite.Database, work: () => void): void {
  try {
    sqlite.exec('BEGIN IMMEDIATE');
    work();
    sqlite.exec('COMMIT');
  } catch (error) {
    // On a full disk SQLite has already rolled back.
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
    throw storageError(error);
  }
}

/** A failure on the way changes nothing: the transaction is rolled back. */
function upgrading(file: string, version: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (version === 0 || (error instanceof DomainError && error.code === 'configuration')) throw error;
    const [code, whatToDo] =
      error instanceof DomainError ? [error.code, error.remedy] : (['configuration', undefined] as const);
    throw DomainError.of(
      'upgrade-failed',
      { file, why: error instanceof Error ? error.message : null, whatToDo: whatToDo ?? null },
      { code, cause: error, details: { databaseVersion: version, knownVersion: migrations.length } },
    );
  }
}

function versionOf(sqlite: Sqlite.Database, schema = 'main'): number {
  const [row] = sqlite.prepare(`PRAGMA ${schema}.user_version`).all([]) as { user_version: number }[];
  return row?.user_version ?? 0;
}

function newerThanThis(file: string, databaseVersion: number): DomainError {
  return DomainError.of(
    'database-of-newer-version',
    { file },
    { details: { databaseVersion, knownVersion: migrations.length } },
  );
}

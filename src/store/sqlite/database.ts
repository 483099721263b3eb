import { closeSync, fchmodSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import Sqlite from 'libsql';
import { RecentMap } from '../../base/collections/recent-map';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { GroupCommit } from './group-commit';
import { migrations } from './migrations';
import { openOwnFile, refuseLinks } from '../refuse-links';
import { emptied, isMarked, refuseEmptied } from './refuse-emptied';
import type { Schema } from './schema';
import { databaseClosed, storageError } from '../storage-error';
import { Turns } from './turns';

/**
 * An open database. Kysely writes the queries; they run synchronously, as SQLite does, so that a transaction is
 * never seen half done by anything else in this process.
 */
export interface Database {
  /** Builds queries; pass them to {@link Database.all}. */
  readonly query: Kysely<Schema>;
  /** Runs a query at once, for a transaction or a piece of a long read. @throws DomainError `storage-full`, `unavailable` */
  all<Row>(query: Compilable<Row> | CompiledQuery<Row>): Row[];
  /** Runs a query by itself: by the time that its rows are there they may be out of date. @throws as {@link Database.all} */
  read<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Runs work as one transaction: all of it lasts when the promise resolves, nothing when it rejects. It may share its
   * commit with others, and may be run again, so it changes nothing but the database.
   */
  transact<Result>(work: () => Result): Promise<Result>;
  /** Calls back when the transaction that is running is committed, before its promise resolves, whatever others throw. */
  afterCommit(callback: () => void): void;
  /** For reads that take long. */
  readonly turns: Turns;
  close(): void;
}

export interface DatabaseOptions {
  /** How long a write waits for another process, such as a token command, to finish its own; 5 s when left out. */
  readonly busyTimeoutMs?: number;
  /** Told before an older database is brought up to date, which takes a while when it is large. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Told of what goes wrong where nobody waits for it; without it that is not told. */
  readonly onError?: (error: unknown) => void;
}

export interface Upgrade {
  readonly file: string;
  readonly sizeBytes: number;
}

/**
 * Opens `server.db` in the data folder, made with mode 0700 and 0600 when missing, and brings it up to date.
 * @throws DomainError `configuration` when the folder can't be used, or the database is damaged, from a newer version, or gone while
 * its marker is there
 */
export function openDatabase(
  dataDir: string,
  { busyTimeoutMs = 5_000, onUpgrade, onError = () => undefined }: DatabaseOptions = {},
): Database {
  const file = path.join(dataDir, 'server.db');
  refuseEmptied(file);
  const sqlite = openSqlite(file);
  try {
    sqlite.pragma(`busy_timeout = ${busyTimeoutMs}`);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL'); // a committed release survives a power cut
    sqlite.pragma('foreign_keys = ON');
    sqlite.pragma('cache_size = -32768'); // 32 MiB: the devices of a large fleet
    migrate(sqlite, file, onUpgrade);
  } catch (error) {
    sqlite.close();
    throw unusable(error, file);
  }
  return new SqliteDatabase(sqlite, new GroupCommit(sqlite, busyTimeoutMs, onError));
}

class SqliteDatabase implements Database {
  readonly query = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  readonly turns = new Turns();
  /**
   * Each is prepared once: that costs more than running it, and what is prepared and dropped holds memory that Node does not
   * see.
   */
  readonly #statements = new RecentMap<string, Sqlite.Statement>(maxStatements);
  #isClosed = false;

  constructor(
    private readonly sqlite: Sqlite.Database,
    private readonly commits: GroupCommit,
  ) {}

  all<Row>(query: Compilable<Row> | CompiledQuery<Row>): Row[] {
    if (this.#isClosed) throw databaseClosed(); // the binding would end the whole process
    const { sql, parameters } = 'compile' in query ? query.compile() : query;
    try {
      // The one place where rows get their type: the query that Kysely checked against the schema says it.
      return this.#statements.getOrMake(sql, () => this.sqlite.prepare(sql)).all(parameters) as Row[];
    } catch (error) {
      throw storageError(error);
    }
  }

  read<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]> {
    return new Promise((resolve) => {
      resolve(this.all(query));
    });
  }

  transact<Result>(work: () => Result): Promise<Result> {
    return this.commits.run(work);
  }

  afterCommit(callback: () => void): void {
    this.commits.afterCommit(callback);
  }

  close(): void {
    if (this.#isClosed) return;
    this.commits.close();
    this.#isClosed = true;
    closeDatabase(this.sqlite);
  }
}

function openSqlite(file: string): Sqlite.Database {
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
    return new DomainError('configuration', `${file} is not a database or is damaged`, {
      cause: error,
      remedy: 'Restore it from a backup, with its -wal file removed.',
    });
  }
  const translated = storageError(error);
  if (translated !== error) return translated;
  return new DomainError('configuration', `${file} can't be opened`, {
    cause: error,
    remedy: 'Give the user that runs the server a data folder that it owns.',
  });
}

/** Statements that stay prepared. A list with many filters has one for each mix of them. */
const maxStatements = 300;

function transaction<Result>(sqlite: Sqlite.Database, work: () => Result): Result {
  try {
    sqlite.exec('BEGIN IMMEDIATE');
    const result = work();
    sqlite.exec('COMMIT');
    return result;
  } catch (error) {
    // After a full disk SQLite has rolled back by itself.
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
    throw storageError(error);
  }
}

/** Leaves one whole file, without a -wal beside it, as far as other processes let it. */
function closeDatabase(sqlite: Sqlite.Database): void {
  try {
    sqlite.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // Nothing is lost: the next start reads the -wal file.
  }
  sqlite.close();
}

function migrate(sqlite: Sqlite.Database, file: string, onUpgrade: DatabaseOptions['onUpgrade']): void {
  const wasMarked = isMarked(file); // before the version is read: another process may write both meanwhile
  const found = versionOf(sqlite);
  if (found === 0 && wasMarked) throw emptied(file);
  if (found === migrations.length) return;
  if (found > 0 && found < migrations.length) onUpgrade?.({ file, sizeBytes: statSync(file).size });
  // Inside the transaction the version is read again: another process may have been faster.
  upgrading(file, found, () =>
    transaction(sqlite, () => {
      const version = versionOf(sqlite);
      if (version > migrations.length) {
        throw new DomainError('configuration', `${file} was written by a newer version of this server`, {
          remedy: 'Start that version, or restore a backup made before the upgrade.',
          details: { databaseVersion: version, knownVersion: migrations.length },
        });
      }
      for (const step of migrations.slice(version)) sqlite.exec(step);
      sqlite.pragma(`user_version = ${migrations.length}`);
    }),
  );
}

/** What goes wrong on the way takes nothing along: the transaction is rolled back. */
function upgrading(file: string, version: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (version === 0 || (error instanceof DomainError && error.code === 'configuration')) throw error;
    const [code, remedy] =
      error instanceof DomainError ? [error.code, error.remedy] : (['configuration', undefined] as const);
    const why = error instanceof Error ? `: ${error.message}` : '';
    const back = 'The version that ran before can still use it.';
    throw new DomainError(code, `${file} cannot be brought up to date${why}. It is as it was`, {
      cause: error,
      remedy: remedy === undefined ? `${back} Report what this one said.` : `${remedy} ${back}`,
      details: { databaseVersion: version, knownVersion: migrations.length },
    });
  }
}

function versionOf(sqlite: Sqlite.Database): number {
  const [row] = sqlite.prepare('PRAGMA user_version').all([]) as { user_version: number }[];
  return row?.user_version ?? 0;
}

import path from 'node:path';
import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import { DomainError } from '../../core/errors';
import type { DatabaseOptions } from './database-options';
import { waitedFor } from './disk';
import { DiskWorker } from './disk-worker';
import { GroupCommit } from './group-commit';
import { type Connection, openToRead, openToWrite } from './open-sqlite';
import type { Schema } from '../rows/schema';
import { compiled, queryBuilder, Statements } from './statements';
import { databaseClosed, isOfDisk, isUnwritable } from '../storage-error';
import { tryDisk } from '../try-disk';
import { Searches } from './searches';
import { Turns } from './turns';

/**
 * An open database. Kysely builds the queries. They run synchronously, as SQLite does, so that nothing else in this
 * process ever sees half a transaction.
 */
export interface Database {
  /** Builds queries; pass them to {@link Database.all}. */
  readonly query: Kysely<Schema>;
  /**
   * Runs a query immediately, for a transaction or a piece of a long read.
   * @throws DomainError `storage-full`, `unavailable`
   */
  all<Row>(query: Compilable<Row> | CompiledQuery<Row>): Row[];
  /**
   * Runs a single query that finds a few rows. When they arrive, they may be out of date, but they are on disk, even if
   * they were committed just before.
   * @throws as {@link Database.all}
   */
  read<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Like {@link Database.read}, for a query that examines many rows: where the event loop must stay free, a thread
   * examines them. It sees everything committed. Others may commit between two searches, and a long one asks for a
   * bounded number of rows at a time.
   * @throws DomainError `unavailable` also when it takes too long
   */
  search<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]>;
  /**
   * Runs read-only queries as one piece, even while nothing can be written. What they found is on disk when the
   * promise resolves.
   */
  readTogether<Result>(work: () => Result): Promise<Result>;
  /**
   * Runs work as one transaction: when the promise resolves all of it is durable; when it rejects nothing is. It may
   * share its commit with others and may run more than once, so it must change nothing but the database.
   */
  transact<Result>(work: () => Result): Promise<Result>;
  /**
   * Calls back in the turn that commits the running transaction, whatever other callbacks throw. The commit may not
   * be on disk yet: use {@link Database.afterSync} for anything told to the outside.
   */
  afterCommit(callback: () => void): void;
  /**
   * Calls back when the running transaction is on disk, before its promise resolves, whatever other callbacks throw.
   */
  afterSync(callback: () => void): void;
  /** Why a write did not reach the disk, until {@link Database.tryWriting} succeeds; otherwise `null`. */
  writeProblem(): DomainError | null;
  /** After a write that did not reach the disk: finds out whether one would now. */
  tryWriting(): Promise<void>;
  /** Lets the disk thread move everything committed into the database, so that closing does not have to. */
  settle(): Promise<void>;
  close(): void;
}

/**
 * Opens `server.db` in the data folder and upgrades it; creates them with modes 0700 and 0600 if missing.
 * @throws DomainError `configuration` when the folder cannot be used, or the database is damaged, from a newer
 * version, or missing while its marker is there; `storage-full`, `unavailable`
 */
export function openDatabase(dataDir: string, options: DatabaseOptions = {}): Database {
  const { busyTimeoutMs = 5_000, onUpgrade, onError = () => undefined } = options;
  const { diskThread, mayOnlyRead = false } = options;
  const isSynchronous = diskThread === undefined;
  const file = path.join(dataDir, 'server.db');
  const openers: Openers = {
    toWrite() {
      options.beforeWriting?.();
      return openToWrite(file, { isSynchronous, busyTimeoutMs, onUpgrade });
    },
    toRead: (why) => openToRead(file, why),
    tryDisk: () => tryDisk(dataDir),
    commits({ sqlite }, onRefused) {
      const disk = isSynchronous ? waitedFor : new DiskWorker(file, { ...diskThread, onError });
      return new GroupCommit(sqlite, { disk, busyTimeoutMs, onError, onRefused });
    },
    searches: () => (isSynchronous ? null : new Searches(file, options.searches)),
  };
  try {
    return new SqliteDatabase(openers, openers.toWrite(), null);
  } catch (error) {
    if (!mayOnlyRead || !isUnwritable(error)) throw error;
    return new SqliteDatabase(openers, openers.toRead(error), error);
  }
}

interface Openers {
  readonly toWrite: () => Connection;
  readonly toRead: (why: DomainError) => Connection;
  /** Whether there is room to continue. @throws DomainError `storage-full`, `unavailable` */
  readonly tryDisk: () => Promise<void>;
  readonly commits: (connection: Connection, onRefused: (error: unknown) => void) => GroupCommit;
  /** `null` if no event loop needs to stay free. */
  readonly searches: () => Searches | null;
}

class SqliteDatabase implements Database {
  readonly query = queryBuilder();
  readonly #turns = new Turns();
  #statements = new Statements();
  /** `null` while the database is read-only. */
  #commits: GroupCommit | null;
  /** `null` while the database is read-only too: then no second connection may have the file open. */
  #searches: Searches | null = null;
  #problem: DomainError | null;
  #isClosed = false;

  /** @param problem why the connection is read-only; `null` when it can write */
  constructor(
    private readonly openers: Openers,
    /** `null` if it could not be reopened. */
    private connection: Connection | null,
    problem: DomainError | null,
  ) {
    this.#problem = problem;
    this.#commits = problem === null && connection !== null ? this.#begin(connection) : null;
  }

  all<Row>(query: Compilable<Row> | CompiledQuery<Row>): Row[] {
    if (this.#isClosed) throw databaseClosed(); // the binding would crash the whole process
    if (this.connection === null) throw this.#unwritable();
    return this.#statements.run(this.connection.sqlite, query);
  }

  read<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]> {
    return this.readTogether(() => this.all(query));
  }

  async search<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]> {
    const searches = this.#searches;
    const found =
      searches === null
        ? await this.#turns.take(() => this.all(query))
        : ((await searches.run(compiled(query))) as Row[]);
    await this.#commits?.synced();
    return found;
  }

  async readTogether<Result>(work: () => Result): Promise<Result> {
    const found = work();
    await this.#commits?.synced();
    return found;
  }

  transact<Result>(work: () => Result): Promise<Result> {
    if (this.#isClosed) return Promise.reject(databaseClosed());
    return this.#commits?.run(work) ?? Promise.reject(this.#unwritable());
  }

  afterCommit(callback: () => void): void {
    this.#commits?.afterCommit(callback);
  }

  afterSync(callback: () => void): void {
    this.#commits?.afterSync(callback);
  }

  writeProblem(): DomainError | null {
    return this.#problem;
  }

  async tryWriting(): Promise<void> {
    if (this.#isClosed || this.#problem === null) return;
    try {
      await this.openers.tryDisk();
      await this.#tryDatabase();
      this.#problem = null;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#problem = error;
      if (this.connection === null || this.connection.isStale()) this.#openToRead(error);
    }
  }

  async settle(): Promise<void> {
    await this.#commits?.settle();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#searches?.close();
    try {
      this.#commits?.close();
    } finally {
      this.#isClosed = true;
    }
    // After a failed sync nothing may be moved into the database, which closing would do: the next start reads what
    // is there.
    if ((this.#commits?.failure ?? null) === null) this.connection?.close();
  }

  async #tryDatabase(): Promise<void> {
    if (this.#isClosed) throw databaseClosed();
    if (this.#commits === null) this.#openToWrite();
    else await this.#commits.tryWriting();
  }

  /** Nothing may run in between: one connection ends before the other begins, see {@link openToRead}. */
  #openToWrite(): void {
    this.#disconnect();
    let connection: Connection | undefined;
    try {
      connection = this.openers.toWrite();
      this.#commits = this.#begin(connection);
      this.connection = connection;
    } catch (error) {
      connection?.close();
      this.#openToRead(error instanceof DomainError ? error : this.#unwritable());
      throw error;
    }
  }

  #openToRead(why: DomainError): void {
    this.#disconnect();
    this.connection = this.openers.toRead(why);
  }

  #disconnect(): void {
    this.connection?.close();
    this.connection = null;
    this.#statements = new Statements();
  }

  #begin(connection: Connection): GroupCommit {
    const commits = this.openers.commits(connection, (error) => {
      if (isOfDisk(error)) this.#problem = error;
    });
    this.#searches = this.openers.searches();
    return commits;
  }

  #unwritable(): DomainError {
    return this.#problem ?? databaseClosed();
  }
}

import { pathToFileURL } from 'node:url';
import type { CompiledQuery } from 'kysely';
import Sqlite from 'libsql/promise';
import { RecentMap } from '../../base/collections/recent-map';
import { DomainError } from '../../core/errors';
import { databaseClosed, storageError } from '../storage-error';

export interface SearchLimits {
  /** After how long a search that has returned no rows is given up, in milliseconds; default: 30 s. */
  readonly timeoutMs?: number;
  /** How many searches may wait for their turn; default: 500. */
  readonly maxWaiting?: number;
}

type Query = Pick<CompiledQuery, 'sql' | 'parameters'>;

interface Search {
  readonly query: Query;
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
  /** Whether the caller already has an answer. */
  isOver: boolean;
}

/** The part of the binding's types in use, which are `any`. */
interface Statement {
  all(parameters: readonly unknown[]): Promise<readonly unknown[]>;
}

interface Reader {
  readonly sqlite: Sqlite;
  readonly isReady: Promise<unknown>;
  readonly statements: RecentMap<string, Promise<Statement>>;
}

/** A list with many filters has a statement for each combination. */
const maxStatements = 100;

/**
 * Reads outside the event loop, with its own connection that never writes: a thread of the binding waits for the disk and examines the
 * rows, one query at a time, in the order of the requests. A search in pieces queues each piece after the last one has arrived, behind all
 * waiting queries, so a slow search does not block a quick one.
 *
 * A query sees everything committed before it began. No snapshot outlasts its query.
 */
export class Searches {
  #waiting: Search[] = [];
  #running: Search | null = null;
  #reader: Reader | null = null;
  #isClosed = false;
  readonly #timeoutMs: number;
  readonly #maxWaiting: number;

  /** @param file the database, which is open in WAL mode */
  constructor(
    private readonly file: string,
    { timeoutMs = 30_000, maxWaiting = 500 }: SearchLimits = {},
  ) {
    this.#timeoutMs = timeoutMs;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs a read-only query.
   * @throws DomainError `unavailable` (through the promise), also when it takes too long or too many wait
   */
  run(query: Query): Promise<readonly unknown[]> {
    if (this.#isClosed) return Promise.reject(databaseClosed());
    if (this.#waiting.length >= this.#maxWaiting) return Promise.reject(tooMany());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(search), this.#timeoutMs);
      const search: Search = { query, resolve, reject, timer, isOver: false };
      this.#waiting.push(search);
      if (this.#running === null) void this.#runAll();
    });
  }

  /** Refuses searches that have no rows yet. Reading stops soon after. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const running = this.#running === null ? [] : [this.#running];
    for (const search of [...running, ...this.#waiting.splice(0)]) refuse(search, databaseClosed());
    this.#drop();
  }

  async #runAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#running = next;
      await this.#runOne(next);
    }
    this.#running = null;
  }

  async #runOne(search: Search): Promise<void> {
    const { sql, parameters } = search.query;
    try {
      const { sqlite, isReady, statements } = (this.#reader ??= openReader(this.file));
      await isReady;
      if (isOver(search)) return;
      const statement = await statements.getOrMake(sql, () => prepare(sqlite, sql));
      if (isOver(search)) return;
      search.resolve(await statement.all(parameters));
      clearTimeout(search.timer);
    } catch (error) {
      this.#drop(); // the next one opens a new connection
      refuse(search, storageError(error));
    }
  }

  #giveUp(search: Search): void {
    this.#waiting = this.#waiting.filter((other) => other !== search);
    refuse(search, tooLong(this.#timeoutMs));
    if (search === this.#running) this.#reader?.sqlite.interrupt();
  }

  /** Ends the running query and the connection. */
  #drop(): void {
    this.#reader?.sqlite.interrupt();
    this.#reader?.sqlite.close();
    this.#reader = null;
  }
}

/** Checked again after each wait. */
function isOver(search: Search): boolean {
  return search.isOver;
}

function refuse(search: Search, why: unknown): void {
  clearTimeout(search.timer);
  search.isOver = true;
  search.reject(why);
}

function openReader(file: string): Reader {
  const sqlite = new Sqlite(`${pathToFileURL(file).href}?mode=ro`, {});
  // 4 MiB for pages: the kernel caches the rest.
  const isReady = sqlite.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA cache_size = -4096',
  ) as Promise<unknown>;
  return { sqlite, isReady, statements: new RecentMap(maxStatements) };
}

/**
 * The binding's thread fetches only the first row: the event loop would have to search for the others. A materialized query finds all rows
 * before the first one is returned, and SQLite keeps its order.
 */
function prepare(sqlite: Sqlite, sql: string): Promise<Statement> {
  return sqlite.prepare(`WITH found AS MATERIALIZED (${sql}) SELECT * FROM found`) as Promise<Statement>;
}

function tooLong(timeoutMs: number): DomainError {
  return DomainError.of('search-too-slow', { seconds: timeoutMs / 1_000 });
}

function tooMany(): DomainError {
  return DomainError.of('searches-waiting');
}

import { type ClientBase, Pool, type PoolClient, types } from 'pg';
import { Places } from '../../base/collections/places';
import { DomainError } from '../../core/errors';
import { databaseClosed } from '../storage-error';
import { connectionOptions, sessionSettings } from './connection-options';
import { migrate, type MigrateOptions } from './migrate';
import type { Membership } from './nodes/membership';
import { isAway, postgresError } from './postgres-error';
import { type Query, statementOf } from './queries';
import { DatabaseHealth } from './writability';
import { type Work, Writer } from './writer';

/** Runs queries. */
export interface Reader {
  /** @throws DomainError `storage-full`, `unavailable` */
  all<Row>(query: Query<Row>): Promise<Row[]>;
}

export interface ReadOptions {
  /** Whether it goes before other reads that wait for a connection, because changes or many devices wait for it. */
  readonly isUrgent?: boolean;
}

/** An open database. */
export interface Database extends Reader {
  /** Runs read-only queries that see the same moment. */
  readTogether<Result>(work: (reader: Reader) => Promise<Result>, options?: ReadOptions): Promise<Result>;
  /**
   * Runs work while a transaction holds the lock that a statement takes. The work changes nothing in the database and runs once.
   * @throws DomainError `unavailable`; what the work throws, as it is
   */
  whileLocked<Result>(lock: Query<unknown>, work: (reader: Reader) => Promise<Result>): Promise<Result>;
  /**
   * Runs work as one transaction, alone among all nodes: when the promise resolves all of it is durable; when it rejects nothing is,
   * unless the connection was lost at the commit. It may share its commit with others.
   */
  transact<Result>(work: Work<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface DatabaseOptions extends MigrateOptions {
  /** The maximum number of connections that read at the same time; one more writes. */
  readonly maxReading?: number;
  /** Whether older tables are brought up to date, and missing ones created; default: yes. */
  readonly isUpgraded?: boolean;
  /** Only for a server among those on the database; commands have none. */
  readonly membership?: Membership;
  readonly health?: DatabaseHealth;
  /**
   * Whether connections keep {@link prepared} statements; default: no. Through a pooler in transaction mode, each transaction may get another
   * connection.
   */
  readonly keepsPrepared?: boolean;
  /** Called with failures that no one waits for. */
  readonly onError?: (error: unknown) => void;
}

/**
 * How many reads may wait for a connection, and how long, in milliseconds. A whole fleet that comes back at once is read within seconds; whoever
 * waits longer has been given up by its client.
 */
const maxWaiting = 20_000;
const maxWaitMs = 30_000;

/** Counts and sums are bigint and numeric, which the driver leaves as text; ours fit a number. */
const numberTypes = new Set<number>([types.builtins.INT8, types.builtins.NUMERIC]);

/**
 * Opens a database, and brings its tables up to date unless told otherwise.
 * @param url `postgres://…`
 * @throws DomainError `configuration`, `storage-full`, `unavailable`
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const { maxReading = 9, health = new DatabaseHealth(), isUpgraded = true } = options;
  const pool = new Pool({
    ...connectionOptions(url),
    max: maxReading + 1, // no one waits within the pool, which counts that as a failure to connect
    pipeline: true, // statements that do not depend on each other need not wait for each other's answers
    onConnect: ((client) => client.query(sessionSettings)) as (client: ClientBase) => void, // the pool waits for the promise
    types: {
      getTypeParser: (id: Parameters<typeof types.getTypeParser>[0], format?: 'text' | 'binary'): unknown =>
        numberTypes.has(id) ? Number : types.getTypeParser(id, format),
    },
  });
  // Without these listeners, a connection that ends would end the process: the idle ones belong to the pool, the others
  // to no one.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const { membership } = options;
    if (membership !== undefined) await membership.join((how) => migrate(pool, how));
    else if (isUpgraded) await migrate(pool, options);
    return new PostgresDatabase(pool, maxReading, health, options);
  } catch (error) {
    await pool.end();
    throw postgresError(error);
  }
}

/** Opens a database for one use. @throws as {@link openDatabase}, and what the work throws */
export async function usingDatabase<Result>(
  url: string,
  work: (database: Database) => Promise<Result>,
  options: Pick<DatabaseOptions, 'isUpgraded'> = {},
): Promise<Result> {
  const database = await openDatabase(url, { ...options, maxReading: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

class PostgresDatabase implements Database {
  readonly #writer: Writer;
  /** Of reads. The writer has a connection of its own: no change waits for reads. */
  readonly #places: Places;
  readonly #keepsPrepared: boolean;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    maxReading: number,
    private readonly health: DatabaseHealth,
    { onError = () => undefined, membership: guard, keepsPrepared = false }: DatabaseOptions,
  ) {
    this.#keepsPrepared = keepsPrepared;
    const refusal = () => DomainError.of('database-busy');
    this.#places = new Places({ count: maxReading, maxWaiting, maxWaitMs, refusal });
    const run = <Row>(client: PoolClient, query: Query<Row>) => this.#run(client, query);
    this.#writer = new Writer({ connect: () => pool.connect(), run, onError, health, guard });
  }

  async all<Row>(query: Query<Row>): Promise<Row[]> {
    return this.#reading((client) => this.#run(client, query));
  }

  async readTogether<Result>(
    work: (reader: Reader) => Promise<Result>,
    options?: ReadOptions,
  ): Promise<Result> {
    return this.#reading(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work({ all: (query) => this.#run(client, query) });
      await client.query('COMMIT');
      return result;
    }, options);
  }

  async whileLocked<Result>(
    lock: Query<unknown>,
    work: (reader: Reader) => Promise<Result>,
  ): Promise<Result> {
    const asOurs = (error: unknown) => {
      throw postgresError(error);
    };
    return this.#inTurn(async () => {
      const client = await this.pool.connect().catch(asOurs);
      let broken: Error | boolean = true;
      try {
        await client.query('BEGIN ISOLATION LEVEL READ COMMITTED').catch(asOurs);
        await this.#run(client, lock).catch(asOurs);
        const result = await work({ all: (query) => this.#run(client, query).catch(asOurs) });
        await client.query('COMMIT').catch(asOurs);
        broken = false;
        return result;
      } finally {
        client.release(broken); // ending the connection gives back the lock
      }
    });
  }

  async transact<Result>(work: Work<Result>): Promise<Result> {
    this.#refuseClosed();
    return this.#writer.run(work);
  }

  close(): Promise<void> {
    this.#closing ??= this.#writer.idle().then(() => this.pool.end());
    return this.#closing;
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw databaseClosed();
  }

  /** A connection may have ended unnoticed while it was idle: then the read runs again on another one. */
  async #reading<Result>(
    read: (client: PoolClient) => Promise<Result>,
    { isUrgent = false }: ReadOptions = {},
  ): Promise<Result> {
    const attempt = () => this.#connected(read);
    return this.#inTurn(async () => {
      try {
        return await attempt().catch((error: unknown) => {
          if (!isAway(error)) throw error;
          return attempt();
        });
      } catch (error) {
        const translated = postgresError(error);
        this.health.readFailed(translated);
        throw translated;
      }
    }, isUrgent);
  }

  /** @throws DomainError `unavailable` when it is not its turn in time, which says nothing about the database's health */
  async #inTurn<Result>(work: () => Promise<Result>, isUrgent = false): Promise<Result> {
    this.#refuseClosed();
    await this.#places.take(isUrgent);
    try {
      this.#refuseClosed();
      return await work();
    } finally {
      this.#places.giveBack();
    }
  }

  async #connected<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    let broken: Error | boolean = false;
    try {
      return await work(client);
    } catch (error) {
      broken = error instanceof Error ? error : true;
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** The only place where rows get their type: that of the query, which Kysely checked against the schema. */
  async #run<Row>(client: PoolClient, query: Query<Row>): Promise<Row[]> {
    return (await client.query(statementOf(query, this.#keepsPrepared))).rows as Row[];
  }
}

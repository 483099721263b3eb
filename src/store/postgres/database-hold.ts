import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig, QueryResult } from 'pg';
import { DomainError } from '../../core/errors';
import { serverLock, writeLock } from './locks';
import { openClient } from './open-client';
import { postgresError } from './postgres-error';

export interface DatabaseHoldOptions {
  readonly connection: ClientConfig;
  /** This server, named to another one that is refused. */
  readonly holder: string;
  /** How long another server may take to let go, in milliseconds. */
  readonly patienceMs: number;
  /** Called when the connection ends that keeps the hold; it is opened again. */
  readonly onInterrupted: (error: DomainError) => void;
  /** Called once, when another server has taken over: this one must end. */
  readonly onLost: (error: DomainError) => void;
}

/** How often to ask for the lock, and how long to wait before another connection. */
const retryMs = 200;
const reconnectMs = 1_000;

/** Each taking over has another number. */
export const selectEpoch = 'SELECT epoch FROM server_hold';

interface EpochRow {
  /** As text, unless the connection's types say otherwise. */
  readonly epoch: number | string;
}

/**
 * Makes one server the only one on a database. A connection of its own holds a lock, which PostgreSQL releases when the process ends,
 * however that happens. The lock alone could pass to another server unnoticed while the network is down, so whoever takes it also stores
 * a new number, and every transaction of the server checks that number first.
 */
export class DatabaseHold {
  #client: Client | undefined;
  #epoch: number | undefined;
  #isEnding = false;
  #isLost = false;
  #regaining: Promise<void> = Promise.resolve();
  readonly #ending = new AbortController();

  constructor(private readonly options: DatabaseHoldOptions) {}

  /** Keeps other servers from the database. @throws DomainError `configuration` when another one runs on it; `unavailable` */
  async lock(): Promise<void> {
    const client = await openClient(this.options.connection);
    this.#client = client;
    const until = performance.now() + this.options.patienceMs;
    try {
      while (!(await tryLock(client))) {
        if (performance.now() >= until) throw await heldByOther(client);
        await delay(retryMs);
      }
    } catch (error) {
      await this.release(); // an open connection would keep the process from ending
      throw postgresError(error);
    }
  }

  /** Ends what an earlier server could still write. Its tables must be there. @throws DomainError `unavailable` */
  async begin(): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error('the lock comes first');
    try {
      this.#epoch = await beginEpoch(client, this.options.holder);
    } catch (error) {
      throw postgresError(error);
    }
    this.#keep(client);
  }

  /**
   * Compares what {@link selectEpoch} found as the last statement of a query.
   * @throws DomainError `unavailable` when another server has taken over
   */
  check(results: QueryResult | readonly QueryResult[]): void {
    const last = 'rows' in results ? results : results.at(-1);
    const [row] = (last?.rows ?? []) as EpochRow[];
    if (row !== undefined && Number(row.epoch) === this.#epoch) return;
    throw this.#lose();
  }

  /** Lets another server have the database. */
  async release(): Promise<void> {
    this.#isEnding = true;
    this.#ending.abort();
    await this.#regaining;
    await this.#client?.end().catch(() => undefined);
  }

  #keep(client: Client): void {
    this.#client = client;
    client.once('end', () => {
      if (this.#isEnding) return;
      this.options.onInterrupted(DomainError.of('database-away'));
      this.#regaining = this.#regain();
    });
  }

  /** Connects again. Meanwhile nobody else may have taken over, or else this server has lost the database. */
  async #regain(): Promise<void> {
    while (!this.#isEnding && !this.#isLost) {
      const client = await openClient(this.options.connection).catch(() => undefined);
      if (client !== undefined && (await this.#isHeldBy(client))) {
        this.#keep(client);
        return;
      }
      await client?.end().catch(() => undefined); // it must not keep the lock from the next attempt
      await delay(reconnectMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  /** Takes the lock, unless PostgreSQL has not noticed yet that the other connection ended. */
  async #isHeldBy(client: Client): Promise<boolean> {
    try {
      const isLocked = await tryLock(client);
      this.check(await client.query(selectEpoch));
      return isLocked;
    } catch {
      return false; // the connection has ended again, or another server has taken over, which ends this one
    }
  }

  #lose(): DomainError {
    const error = DomainError.of('database-taken-over');
    if (!this.#isLost) {
      this.#isLost = true;
      this.options.onLost(error);
    }
    return error;
  }
}

async function tryLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ readonly held: boolean }>(
    `SELECT pg_try_advisory_lock(${serverLock}) AS held`,
  );
  return rows[0]?.held === true;
}

/** After the writes of any earlier server, none of which can follow. */
async function beginEpoch(client: Client, holder: string): Promise<number> {
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${writeLock})`);
  await client.query(
    'INSERT INTO server_hold (epoch, holder) SELECT 0, $1 WHERE NOT EXISTS (SELECT 1 FROM server_hold)',
    [holder],
  );
  const { rows } = await client.query<EpochRow>(
    'UPDATE server_hold SET epoch = epoch + 1, holder = $1 RETURNING epoch',
    [holder],
  );
  await client.query('COMMIT');
  return Number(rows[0]?.epoch);
}

async function heldByOther(client: Client): Promise<DomainError> {
  const { rows } = await client
    .query<{ readonly holder: string }>('SELECT holder FROM server_hold')
    .catch(() => ({ rows: [] })); // it is making its tables
  return DomainError.of('database-in-use', { holder: rows[0]?.holder ?? 'another server' });
}

import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient, QueryResult } from 'pg';
import { DomainError } from '../../core/errors';
import { isAway, isConflict, postgresError } from './postgres-error';
import type { Query } from './queries';
import { together } from './together';
import type { DatabaseHealth } from './writability';
import { lockForChange } from './locks';

/** A transaction that is running. */
export interface Transaction {
  /** Runs a statement. @throws PostgreSQL's error; do not catch it */
  all<Row>(query: Query<Row>): Promise<Row[]>;
  /** Calls back as soon as the transaction is committed, in order, whatever other callbacks throw. */
  afterCommit(callback: () => void): void;
  /** Lets no later change share the commit: for a change whose callback affects what later ones decide on. */
  shareNoCommit(): void;
}

/** Changes the database, and nothing else: it may run more than once. */
export type Work<Result> = (transaction: Transaction) => Promise<Result>;

export interface WriterPorts {
  readonly connect: () => Promise<PoolClient>;
  readonly run: <Row>(client: PoolClient, query: Query<Row>) => Promise<Row[]>;
  /** Called with what a callback throws. */
  readonly onError: (error: unknown) => void;
  readonly health: Pick<DatabaseHealth, 'saved' | 'writeFailed'>;
  /** Only for a server; commands have none. */
  readonly guard: WriteGuard | undefined;
}

/** Stops a server from writing what it may no longer write. */
export interface WriteGuard {
  /** The epoch of the leader in whose name the caller changes something; `undefined` for what any server may do. */
  present(): number | undefined;
  /** SQL that selects, within a transaction, what {@link WriteGuard.check} needs. */
  readonly selectStanding: string;
  /** @returns the epoch of the present leader @throws DomainError `unavailable` when this server may write nothing more */
  check(results: QueryResult | readonly QueryResult[]): number;
  /** Called for a change by a leader that has been replaced. @returns the error for its caller */
  refuse(epoch: number): DomainError;
}

/** The maximum number of changes that share a commit. */
const maxTogether = 100;
/** The maximum number of attempts for the same changes. */
const maxAttempts = 5;
/** The longest wait before the second attempt, in milliseconds. Each later attempt waits up to twice as long as the one before it. */
const firstWaitMs = 20;

interface Job {
  readonly work: Work<unknown>;
  /** The leader's epoch, if the change is made as the leader. */
  readonly epoch: number | undefined;
  readonly done: (value: unknown) => void;
  readonly failed: (error: unknown) => void;
}

interface Outcome {
  /** Later changes wait for the commit. */
  readonly isLast: boolean;
  readonly settle: () => void;
  readonly callbacks: readonly (() => void)[];
}

/** Runs changes in the order in which they arrive. Those that arrive during a commit share the next one; each can fail alone. */
export class Writer {
  #waiting: Job[] = [];
  #running: Promise<void> | null = null;

  constructor(private readonly ports: WriterPorts) {}

  run<Result>(work: Work<Result>): Promise<Result> {
    return new Promise<Result>((resolve, failed) => {
      const epoch = this.ports.guard?.present();
      this.#waiting.push({ work, epoch, done: (value) => resolve(value as Result), failed });
      this.#running ??= this.#runAll();
    });
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #runAll(): Promise<void> {
    await Promise.resolve(); // changes of the same turn go together
    try {
      while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, maxTogether));
    } finally {
      this.#running = null; // in the turn of the last look: a change that comes later starts another run
    }
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcomes = await this.#attempt(jobs);
        this.#waiting.unshift(...jobs.slice(outcomes.length));
        this.ports.health.saved();
        for (const callback of outcomes.flatMap(({ callbacks }) => callbacks)) this.#call(callback);
        for (const { settle } of outcomes) settle();
        return;
      } catch (error) {
        if (attempt < maxAttempts && (isConflict(error) || isAway(error))) {
          await delay(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
          continue;
        }
        const translated = postgresError(error);
        this.ports.health.writeFailed(translated);
        for (const { failed } of jobs) failed(translated);
        return;
      }
    }
  }

  /**
   * @returns the outcomes of the first changes, up to one that shares no commit
   * @throws if nothing was committed. If that is unknown, it throws a DomainError, which ends the attempts
   */
  async #attempt(jobs: readonly Job[]): Promise<readonly Outcome[]> {
    const client = await this.ports.connect();
    let broken: Error | boolean = false;
    try {
      const epoch = await this.#begin(client);
      const outcomes: Outcome[] = [];
      for (const job of jobs) {
        outcomes.push(this.#refused(job, epoch) ?? (await this.#runOne(client, job)));
        if (outcomes.at(-1)?.isLast === true) break;
      }
      await commit(client);
      return outcomes;
    } catch (error) {
      broken = error instanceof Error ? error : true; // the next one gets another connection
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Begins with a savepoint, and checks in the same round trip whether this server may write.
   * @returns the epoch of the leader, which stays until the commit
   */
  async #begin(client: PoolClient): Promise<number | undefined> {
    const begin = `BEGIN; ${lockForChange}; SAVEPOINT change`;
    const { guard } = this.ports;
    if (guard !== undefined) return guard.check(await client.query(`${begin}; ${guard.selectStanding}`));
    await client.query(begin);
    return undefined;
  }

  /** The outcome of a change that was decided by a replaced leader. */
  #refused({ epoch, failed }: Job, present: number | undefined): Outcome | undefined {
    const { guard } = this.ports;
    if (epoch === undefined || guard === undefined || epoch === present) return undefined;
    const refusal = guard.refuse(epoch);
    return { isLast: false, settle: () => failed(refusal), callbacks: [] };
  }

  /** @throws if the whole transaction must be given up */
  async #runOne(client: PoolClient, { work, done, failed }: Job): Promise<Outcome> {
    const callbacks: (() => void)[] = [];
    let isLast = false;
    try {
      const [, value] = await together([
        client.query('RELEASE SAVEPOINT change; SAVEPOINT change'),
        work({
          all: (query) => this.ports.run(client, query),
          afterCommit: (callback) => callbacks.push(callback),
          shareNoCommit() {
            isLast = true;
          },
        }),
      ]);
      return { isLast, settle: () => done(value), callbacks };
    } catch (error) {
      if (isConflict(error) || isAway(error)) throw error;
      await client.query('ROLLBACK TO SAVEPOINT change');
      const translated = postgresError(error);
      this.ports.health.writeFailed(translated);
      return { isLast: false, settle: () => failed(translated), callbacks: [] };
    }
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.ports.onError(error);
    }
  }
}

/** @throws DomainError if the connection was lost: PostgreSQL may have committed, or not */
async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (cause) {
    if (isAway(cause)) throw DomainError.of('database-lost-at-commit', {}, { cause });
    throw cause;
  }
}

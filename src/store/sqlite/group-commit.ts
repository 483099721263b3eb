import type Sqlite from 'libsql';
import { systemErrorCode } from '../../base/files/system-error';
import type { DomainError } from '../../core/errors';
import { databaseClosed, storageError } from '../storage-error';
import type { Disk, TellSynced } from './disk';

interface Job {
  readonly work: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly giveUpAtMs: number;
}

export interface GroupCommitOptions {
  readonly disk: Disk;
  /** How long a write waits for another process to finish its own, in milliseconds. */
  readonly busyTimeoutMs: number;
  /** Called with failures that no caller waits for. */
  readonly onError: (error: unknown) => void;
  /** Called with the reason why work is not committed, before its caller hears of it. */
  readonly onRefused: (error: unknown) => void;
}

const busyRetryMs = 20;
/** A larger commit would delay everything else for too long. */
const maxGroup = 200;

/**
 * Runs pieces of work as transactions. Work requested at the same moment shares one commit, so that a thousand
 * devices arriving at once wait for the disk once; each piece is still written as a whole or not at all. No caller
 * hears of a commit before it is on disk. While another process holds the database, the event loop keeps running.
 */
export class GroupCommit {
  #waiting: Job[] = [];
  #afterCommit: (() => void)[] = [];
  #afterSync: (() => void)[] = [];
  #isPlanned = false;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly sqlite: Sqlite.Database,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @param work may run again when its group has to; it changes nothing but the database */
  run<Result>(work: () => Result): Promise<Result> {
    const { failure } = this;
    if (this.#isClosed || failure !== null) return Promise.reject(failure ?? databaseClosed());
    return new Promise<Result>((resolve, reject) => {
      const giveUpAtMs = performance.now() + this.options.busyTimeoutMs;
      // The only place that drops the type: each job resolves with what its own work returned.
      this.#waiting.push({ work, resolve: resolve as (result: unknown) => void, reject, giveUpAtMs });
      this.#plan();
    });
  }

  /** Why nothing more may be acknowledged; `null` while all is well. */
  get failure(): DomainError | null {
    return this.options.disk.failure;
  }

  /** Resolves once everything committed so far is on disk; `undefined` if it already is. */
  synced(): Promise<void> | undefined {
    return this.options.disk.synced();
  }

  /** See {@link Disk.settle}. */
  settle(): Promise<void> {
    return this.options.disk.settle();
  }

  /** Writes something that changes nothing, to find out whether writing is possible. */
  tryWriting(): Promise<void> {
    return this.run(() => {
      const [row] = this.sqlite.prepare('PRAGMA user_version').all([]) as { user_version: number }[];
      this.sqlite.exec(`PRAGMA user_version = ${row?.user_version ?? 0}`);
    });
  }

  /**
   * Calls back in the turn that commits the running work. Call it from within the work. If a callback throws, the
   * others still hear of the commit.
   */
  afterCommit(callback: () => void): void {
    this.#afterCommit.push(callback);
  }

  /** The same, but once the commit is on disk, before the caller of the work hears of it. */
  afterSync(callback: () => void): void {
    this.#afterSync.push(callback);
  }

  /** Commits everything that is waiting, now. */
  flush(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (let groups = Math.ceil(this.#waiting.length / maxGroup); groups > 0; groups -= 1)
      this.#commitGroup();
  }

  /**
   * Commits what it can, and refuses everything else from now on.
   * @throws DomainError `unavailable` when the disk fails
   */
  close(): void {
    this.flush();
    this.#isClosed = true;
    clearTimeout(this.#retry);
    for (const job of this.#waiting.splice(0)) job.reject(databaseClosed());
    this.options.disk.close();
  }

  #plan(): void {
    if (this.#isPlanned || this.#retry !== undefined || this.#waiting.length === 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.options.disk.whenFree(() => {
        this.#isPlanned = false;
        this.#commitGroup();
        this.#plan();
      });
    });
  }

  #commitGroup(): void {
    const jobs = this.#waiting.splice(0, maxGroup);
    if (jobs.length === 0) return;
    if (this.failure === null) this.#commit(jobs);
    else for (const { reject } of jobs) reject(this.failure);
  }

  #commit(jobs: readonly Job[]): void {
    const settle: TellSynced[] = [];
    this.#afterCommit = [];
    this.#afterSync = [];
    try {
      this.#begin();
      for (const job of jobs) {
        settle.push(this.#attempt(job));
        if (this.sqlite.inTransaction) continue;
        // A full disk made SQLite roll back everything: try the others again without this one.
        settle.at(-1)?.();
        this.#commit(jobs.filter((other) => other !== job));
        return;
      }
      this.sqlite.exec('COMMIT');
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
      this.#fail(jobs, error);
      return;
    }
    const afterSync = this.#afterSync;
    for (const callback of this.#afterCommit) this.#call(callback);
    this.options.disk.committed((failure) => {
      if (failure === undefined) for (const callback of afterSync) this.#call(callback);
      for (const tell of settle) tell(failure);
    });
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.options.onError(error);
    }
  }

  /** Fails at once while another process writes: waiting here would stop everything. */
  #begin(): void {
    this.sqlite.pragma('busy_timeout = 0');
    try {
      this.sqlite.exec('BEGIN IMMEDIATE');
    } finally {
      this.sqlite.pragma(`busy_timeout = ${this.options.busyTimeoutMs}`);
    }
  }

  /** @returns reports the outcome to the caller */
  #attempt({ work, resolve, reject }: Job): TellSynced {
    const callbacks = { commit: this.#afterCommit.length, sync: this.#afterSync.length };
    this.sqlite.exec('SAVEPOINT job');
    try {
      const result = work();
      this.sqlite.exec('RELEASE job');
      return (failure) => {
        if (failure === undefined) resolve(result);
        else this.#refuse(reject, failure);
      };
    } catch (error) {
      this.#afterCommit.length = callbacks.commit;
      this.#afterSync.length = callbacks.sync;
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK TO job; RELEASE job');
      return () => this.#refuse(reject, error);
    }
  }

  #refuse(reject: (error: unknown) => void, error: unknown): void {
    const refusal = storageError(error);
    this.options.onRefused(refusal);
    reject(refusal);
  }

  #fail(jobs: readonly Job[], error: unknown): void {
    const isBusy = systemErrorCode(error)?.startsWith('SQLITE_BUSY') === true;
    const nowMs = performance.now();
    for (const job of jobs) {
      if (isBusy && nowMs < job.giveUpAtMs) this.#waiting.push(job);
      else this.#refuse(job.reject, error);
    }
    if (!isBusy || this.#waiting.length === 0) return;
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#plan();
    }, busyRetryMs);
  }
}

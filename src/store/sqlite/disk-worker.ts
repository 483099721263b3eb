import { closeSync, constants, fdatasyncSync, openSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../core/errors';
import type { Disk, TellSynced } from './disk';

/** What nobody may commit during: `begin` the -wal file, take it into the database and begin it again, take it in for good. */
export type WalTask = 'begin' | 'checkpoint' | 'truncate';

/** `sync`: what is committed gets to the disk. */
export type DiskTask = 'sync' | WalTask;

export type DiskAnswer =
  | { readonly task: 'sync'; readonly isLong: boolean }
  | { readonly task: WalTask; readonly problem: string | null };

export interface DiskThreadData {
  /** The database. */
  readonly file: string;
  /** The descriptor of its -wal file. */
  readonly wal: number;
}

export interface DiskThreadOptions {
  /** Options of Node for the thread; those of the process when left out. */
  readonly execArgv?: string[];
  /** Told once, when nothing can be acknowledged any more. Without it that is an uncaught exception, which ends the process. */
  readonly onFailure?: (failure: DomainError) => void;
}

export interface DiskWorkerOptions extends DiskThreadOptions {
  /** Told when the -wal file did not get into the database: that is tried again later, and nothing is lost. */
  readonly onError: (error: unknown) => void;
}

/** Built or not, the thread's file is next to this one. */
const threadFile = path.join(__dirname, `disk-thread${path.extname(__filename)}`);

/**
 * Has a thread wait for the disk, so that the event loop never does. Commits run with `PRAGMA synchronous = NORMAL`, which leaves what
 * they write to the kernel; the thread syncs the -wal file, and then they are acknowledged. Those that come while one sync runs share
 * the next.
 *
 * The descriptor is this one's own, and open before the first commit: the kernel tells each of a write that failed, once. Opening and
 * closing it frees no lock, because SQLite has none on a -wal file (os_unix.c: only a main database has locks).
 *
 * After a sync that failed the kernel may have dropped what it could not write, and the next sync would succeed: so nothing is
 * acknowledged any more, and the process has to end. The next start goes on with what is on disk.
 */
export class DiskWorker implements Disk {
  #failure: DomainError | null = null;
  /** Of commits that came since the sync that runs began. */
  #waiting: TellSynced[] = [];
  /** Of commits that the sync that runs is for. */
  #syncing: TellSynced[] = [];
  #isRunning = false;
  /** What is done with the -wal file before the next commit. */
  #due: WalTask | null = 'begin';
  #whenFree: (() => void)[] = [];
  #isClosed = false;
  readonly #wal: number;
  readonly #thread: Worker;

  /** @param file the database, which is open in WAL mode. @throws Error of the system */
  constructor(
    file: string,
    private readonly options: DiskWorkerOptions,
  ) {
    const { execArgv } = options;
    const wal = openSync(`${file}-wal`, constants.O_RDWR | constants.O_NOFOLLOW);
    this.#wal = wal;
    this.#thread = new Worker(threadFile, {
      workerData: { file, wal } satisfies DiskThreadData,
      ...(execArgv === undefined ? {} : { execArgv }),
    });
    this.#thread.on('message', (answer: DiskAnswer) => this.#answered(answer));
    this.#thread.on('messageerror', (error) => this.#fail(error));
    this.#thread.on('error', (error) => this.#fail(error));
    this.#thread.on('exit', () => {
      closeSync(wal);
      this.#fail(new Error('the thread that waits for the disk ended'));
    });
    this.#next();
  }

  get failure(): DomainError | null {
    return this.#failure;
  }

  whenFree(callback: () => void): void {
    if (this.#due !== null) this.#whenFree.push(callback);
    else callback();
  }

  committed(tell: TellSynced): void {
    if (this.#failure !== null) {
      tell(this.#failure);
      return;
    }
    this.#waiting.push(tell);
    this.#next();
  }

  synced(): Promise<void> | undefined {
    const last = this.#waiting.length > 0 ? this.#waiting : this.#syncing;
    if (last.length === 0 && this.#failure === null) return undefined;
    return new Promise((resolve, reject) => {
      const tell: TellSynced = (failure) => {
        if (failure === undefined) resolve();
        else reject(failure);
      };
      if (this.#failure === null) last.push(tell);
      else tell(this.#failure);
    });
  }

  settle(): Promise<void> {
    if (this.#failure !== null || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#due = 'truncate';
      this.#whenFree.push(resolve);
      this.#next();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    try {
      if (this.#failure === null && this.#waiting.length + this.#syncing.length > 0) this.#syncNow();
    } finally {
      this.#isClosed = true;
      this.#thread.postMessage('end'); // after what it does now
      this.#thread.unref();
    }
  }

  /** What the thread should do next: nothing is unsynced when a checkpoint begins. */
  #next(): void {
    if (this.#isRunning) return;
    if (this.#waiting.length > 0) {
      this.#syncing = this.#waiting;
      this.#waiting = [];
      this.#ask('sync');
    } else if (this.#due !== null) this.#ask(this.#due);
    else this.#thread.unref();
  }

  #ask(task: DiskTask): void {
    this.#isRunning = true;
    this.#thread.ref(); // the process waits for what was not acknowledged yet
    this.#thread.postMessage(task);
  }

  #answered(answer: DiskAnswer): void {
    if (this.#isClosed || this.#failure !== null) return;
    this.#isRunning = false;
    if (answer.task === 'sync') {
      if (answer.isLong) this.#due ??= 'checkpoint';
      this.#tellAll(this.#syncing);
    } else {
      if (this.#due === answer.task) this.#goOn(); // another task may be due by now
      if (answer.problem !== null)
        this.options.onError(new Error(`${answer.task} of the -wal file failed: ${answer.problem}`));
    }
    this.#next();
  }

  #goOn(): void {
    this.#due = null;
    for (const callback of this.#whenFree.splice(0)) callback();
  }

  #tellAll(list: TellSynced[], failure?: DomainError): void {
    for (const tell of list.splice(0)) tell(failure);
  }

  #syncNow(): void {
    try {
      fdatasyncSync(this.#wal);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#tellAll(this.#syncing);
    this.#tellAll(this.#waiting);
  }

  #fail(cause: unknown): void {
    if (this.#failure !== null || this.#isClosed) return; // closed: all that was committed is on disk
    const failure = notKept(cause);
    this.#failure = failure;
    this.#thread.unref();
    this.#tellAll(this.#syncing, failure);
    this.#tellAll(this.#waiting, failure);
    this.#goOn();
    const { onFailure = endProcess } = this.options;
    onFailure(failure);
  }
}

/** Nothing catches it. */
function endProcess(failure: DomainError): never {
  throw failure;
}

function notKept(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('write-not-on-disk', { why }, { cause });
}

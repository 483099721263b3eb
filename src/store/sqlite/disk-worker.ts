import { closeSync, constants, fdatasyncSync, openSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../core/errors';
import type { Disk, TellSynced } from './disk';

/** Tasks that exclude commits: `begin` the -wal file; move it into the database and begin it again; move it in completely. */
export type WalTask = 'begin' | 'checkpoint' | 'truncate';

/** `sync` writes what is committed to the disk. */
export type DiskTask = 'sync' | WalTask;

export type DiskAnswer =
  | { readonly task: 'sync'; readonly isLong: boolean }
  | { readonly task: WalTask; readonly problem: string | null };

export interface DiskThreadData {
  /** Path of the database. */
  readonly file: string;
  /** Descriptor of its -wal file. */
  readonly wal: number;
}

export interface DiskThreadOptions {
  /** Node's options for the thread; those of the process if left out. */
  readonly execArgv?: string[];
  /** Called once, when nothing more can be acknowledged. If left out, an uncaught exception ends the process. */
  readonly onFailure?: (failure: DomainError) => void;
}

export interface DiskWorkerOptions extends DiskThreadOptions {
  /** Called if the -wal file could not be moved into the database: that is tried again later, and nothing is lost. */
  readonly onError: (error: unknown) => void;
}

/** The thread's file is next to this one, in the build and in the source. */
const threadFile = path.join(__dirname, `disk-thread${path.extname(__filename)}`);

/**
 * Has a thread wait for the disk, so that the event loop never does. Commits run with `PRAGMA synchronous = NORMAL`, which leaves their
 * writes to the kernel; the thread syncs the -wal file, and then they are acknowledged. Those that arrive during a sync share the next one.
 *
 * The descriptor is its own, and is opened before the first commit, because the kernel reports a failed write once to each open descriptor.
 * Opening and closing it releases no lock, because SQLite has none on a -wal file (os_unix.c: only a main database has locks).
 *
 * After a failed sync the kernel may have dropped what it could not write, and the next sync would succeed. So nothing more is
 * acknowledged, and the process has to end. The next start continues with what is on disk.
 */
export class DiskWorker implements Disk {
  #failure: DomainError | null = null;
  /** Commits since the running sync began. */
  #waiting: TellSynced[] = [];
  /** Commits that the running sync is for. */
  #syncing: TellSynced[] = [];
  #isRunning = false;
  /** What to do with the -wal file before the next commit. */
  #due: WalTask | null = 'begin';
  #whenFree: (() => void)[] = [];
  #isClosed = false;
  readonly #wal: number;
  readonly #thread: Worker;

  /** @param file the database, which is open in WAL mode. @throws the system's error */
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
      this.#thread.postMessage('end'); // after its current task
      this.#thread.unref();
    }
  }

  /** Starts the thread's next task: nothing may be unsynced when a checkpoint begins. */
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
    this.#thread.ref(); // keeps the process alive until everything is acknowledged
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
    if (this.#failure !== null || this.#isClosed) return; // closed: everything committed is on disk
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

/** Nothing catches this. */
function endProcess(failure: DomainError): never {
  throw failure;
}

function notKept(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('write-not-on-disk', { why }, { cause });
}

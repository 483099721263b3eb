import { availableParallelism } from 'node:os';
import { type UploadThreadOptions, UploadWorker } from './upload-worker';

interface Idle {
  readonly worker: UploadWorker;
  readonly timer: NodeJS.Timeout;
}

/** An upload takes two threads. More threads than processors could not run at the same time. */
export const maxIdleThreads = Math.max(2, availableParallelism());
const defaultIdleMs = 30_000;

/**
 * The threads of uploads. An idle thread waits a while for the next upload, because starting one takes longer than a small upload.
 */
export class UploadThreads {
  /** The most recently used is last. */
  #idle: readonly Idle[] = [];
  #isClosed = false;

  constructor(private readonly options: UploadThreadOptions) {}

  /** A thread for one upload alone. */
  take(): UploadWorker {
    const idle = this.#idle.findLast(({ worker }) => worker.isIdle); // one may have died just now
    if (idle === undefined) return this.#start();
    this.#forget(idle.worker);
    return idle.worker;
  }

  /** Takes back a thread whose upload is over. A thread that failed or still has work is ended. */
  giveBack(worker: UploadWorker): void {
    if (this.#isClosed || !worker.isIdle || this.#idle.length >= maxIdleThreads) {
      void worker.end();
      return;
    }
    const timer = setTimeout(() => {
      this.#forget(worker);
      void worker.end();
    }, this.options.idleMs ?? defaultIdleMs);
    this.#idle = [...this.#idle, { worker, timer: timer.unref() }];
  }

  /** Ends idle threads at once, and the others with their uploads. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const workers = this.#idle.map(({ worker }) => worker);
    for (const worker of workers) this.#forget(worker);
    await Promise.all(workers.map((worker) => worker.end()));
  }

  #start(): UploadWorker {
    const worker = new UploadWorker(this.options);
    void worker.ended.then(() => this.#forget(worker));
    return worker;
  }

  #forget(worker: UploadWorker): void {
    const idle = this.#idle.find((one) => one.worker === worker);
    clearTimeout(idle?.timer);
    this.#idle = this.#idle.filter((one) => one !== idle);
  }
}

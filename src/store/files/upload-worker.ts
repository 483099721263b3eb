import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../core/errors';
import type { UploadAnswer, UploadResults, UploadRole, UploadTask, UploadThreadTask } from './upload-tasks';
import { errorOf } from './upload-writer';

export interface UploadThreadOptions {
  /** Node's options for each thread; those of the process if left out. */
  readonly execArgv?: string[];
  /** How long an idle thread may stay, because it takes memory; 30 seconds if left out. */
  readonly idleMs?: number;
}

/** The thread needs little memory. */
const maxHeapMebibytes = 64;
/** The thread's file is next to this one, in the build and in the source. */
const threadFile = path.join(__dirname, `upload-thread${path.extname(__filename)}`);

interface Waiting {
  readonly resolve: (answer: UploadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that takes one upload after another. Any failure of the thread itself ends it. */
export class UploadWorker {
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>;
  readonly #thread: Worker;
  /** In the order of tasks, which is also that of the answers. */
  readonly #waiting: Waiting[] = [];
  #failure: unknown = null;

  constructor({ execArgv }: UploadThreadOptions) {
    this.#thread = new Worker(threadFile, {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMebibytes },
      ...(execArgv === undefined ? {} : { execArgv }),
    });
    this.#thread.on('message', (answer: UploadAnswer) => this.#answered(answer));
    this.#thread.on('messageerror', (error) => this.#fail(error));
    this.#thread.on('error', (error) => this.#fail(error));
    this.ended = new Promise((resolve) => {
      this.#thread.on('exit', () => {
        this.#failure ??= new Error('it was stopped');
        for (const { reject } of this.#waiting.splice(0)) reject(endedEarly(this.#failure));
        resolve();
      });
    });
    this.#thread.unref();
  }

  /** Whether it can take an upload: all its tasks are answered. */
  get isIdle(): boolean {
    return this.#failure === null && this.#waiting.length === 0;
  }

  /** Begins an upload; a failure is reported with the next task. */
  begin(role: UploadRole): void {
    this.#thread.postMessage({ kind: 'begin', role } satisfies UploadThreadTask);
  }

  /** Rejects with the system's error, or DomainError `unavailable` if the thread ends before it answers. */
  async ask<Kind extends UploadTask['kind']>(
    task: UploadTask & { readonly kind: Kind },
  ): Promise<UploadResults[Kind]> {
    const answer = await this.#post(task);
    if ('failure' in answer) throw errorOf(answer.failure);
    return answer.result as UploadResults[Kind];
  }

  /** Ends the thread after its current system call. */
  async end(): Promise<void> {
    void this.#thread.terminate();
    await this.ended;
  }

  #post(task: UploadTask): Promise<UploadAnswer> {
    if (this.#failure !== null) return Promise.reject(endedEarly(this.#failure));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.ref(); // keeps the process alive until the answer
      this.#thread.postMessage(task);
    });
  }

  #answered(answer: UploadAnswer): void {
    if (this.#failure !== null) return; // this may answer another task
    const asked = this.#waiting.shift();
    if (asked === undefined) this.#fail(new Error('it sent an answer to no question'));
    asked?.resolve(answer);
    if (this.#waiting.length === 0) this.#thread.unref();
  }

  /** No answer counts from now on: one may be missing, or one too many. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    void this.#thread.terminate();
  }
}

function endedEarly(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('upload-thread-ended', { why }, { cause });
}

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../core/errors';
import type { UploadAnswer, UploadResults, UploadRole, UploadTask, UploadThreadTask } from './upload-tasks';
import { errorOf } from './upload-writer';

export interface UploadThreadOptions {
  /** Options of Node for each thread; those of the process when left out. */
  readonly execArgv?: string[];
  /** How long an idle thread may stay, because it costs memory; 30 seconds when left out. */
  readonly idleMs?: number;
}

/** It has little to remember. */
const maxHeapMebibytes = 64;
/** Built or not, the thread's file is next to this one. */
const threadFile = path.join(__dirname, `upload-thread${path.extname(__filename)}`);

interface Waiting {
  readonly resolve: (answer: UploadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that takes one upload after another. Whatever goes wrong with the thread itself ends it. */
export class UploadWorker {
  /** Resolves at the end of the thread. */
  readonly ended: Promise<void>;
  readonly #thread: Worker;
  /** In the order of the tasks, which is that of the answers. */
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

  /** Whether it can take an upload: it has answered everything. */
  get isIdle(): boolean {
    return this.#failure === null && this.#waiting.length === 0;
  }

  /** Begins an upload; what goes wrong is told with the next task. */
  begin(role: UploadRole): void {
    this.#thread.postMessage({ kind: 'begin', role } satisfies UploadThreadTask);
  }

  /** Rejects with an error of the system, or DomainError `unavailable` when the thread ends before it answers. */
  async ask<Kind extends UploadTask['kind']>(
    task: UploadTask & { readonly kind: Kind },
  ): Promise<UploadResults[Kind]> {
    const answer = await this.#post(task);
    if ('failure' in answer) throw errorOf(answer.failure);
    return answer.result as UploadResults[Kind];
  }

  /** Ends the thread after the call of the system that it is in. */
  async end(): Promise<void> {
    void this.#thread.terminate();
    await this.ended;
  }

  #post(task: UploadTask): Promise<UploadAnswer> {
    if (this.#failure !== null) return Promise.reject(endedEarly(this.#failure));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.ref(); // the process waits for what it asked
      this.#thread.postMessage(task);
    });
  }

  #answered(answer: UploadAnswer): void {
    if (this.#failure !== null) return; // it may be the answer to another task
    const asked = this.#waiting.shift();
    if (asked === undefined) this.#fail(new Error('it answered what nobody asked'));
    asked?.resolve(answer);
    if (this.#waiting.length === 0) this.#thread.unref();
  }

  /** From now on no answer counts: one may be missing, or one too many. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    void this.#thread.terminate();
  }
}

function endedEarly(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('upload-thread-ended', { why }, { cause });
}

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../../core/errors';
import type {
  Place,
  UploadResults,
  UploadTask,
  UploadThreadAnswer,
  UploadThreadData,
  Written,
} from './upload-tasks';
import { errorOf, type UploadWriter } from './upload-writer';

export interface UploadThreadOptions {
  /** Options of Node for each thread; those of the process when left out. */
  readonly execArgv?: string[];
}

/** An upload has so many pieces of memory, each of so many bytes, on their way to its thread and back. */
const pieces = 4;
const pieceSizeBytes = 512 * 1024;
/** It has little to remember. */
const maxHeapMebibytes = 64;
/** Built or not, the thread's file is next to this one. */
const threadFile = path.join(__dirname, `upload-thread${path.extname(__filename)}`);

interface Waiting {
  readonly resolve: (answer: UploadThreadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Has a thread write, hash and sync one upload, and give the file its name: neither the event loop nor the threads of Node's own pool,
 * which devices read bundles through, wait for the disk. When the thread dies, this upload fails with `unavailable` and no other one:
 * nothing of it was acknowledged.
 */
export class ThreadedUpload implements UploadWriter {
  readonly #thread: Worker;
  readonly #ended: Promise<void>;
  /** In the order of the tasks, which is that of the answers. */
  readonly #waiting: Waiting[] = [];
  #failure: unknown = null;
  /** What comes back first is first. */
  readonly #onTheirWay: Promise<ArrayBuffer>[] = [];
  #made = 0;
  #piece: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;

  /** @param file to be written; nothing has this name */
  constructor(file: string, { execArgv }: UploadThreadOptions) {
    this.#thread = new Worker(threadFile, {
      workerData: { file } satisfies UploadThreadData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMebibytes },
      ...(execArgv === undefined ? {} : { execArgv }),
    });
    this.#thread.on('message', (answer: UploadThreadAnswer) => {
      this.#waiting.shift()?.resolve(answer);
      if (this.#waiting.length === 0) this.#thread.unref();
    });
    const fail = (error: unknown) => {
      this.#failure ??= error;
      void this.#thread.terminate(); // an answer is missing: the next one would be taken for it
    };
    this.#thread.on('messageerror', fail);
    this.#thread.on('error', fail);
    this.#ended = new Promise((resolve) => {
      this.#thread.on('exit', () => {
        this.#failure ??= new Error('it was stopped');
        for (const { reject } of this.#waiting.splice(0)) reject(endedEarly(this.#failure));
        resolve();
      });
    });
    this.#thread.unref();
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const piece = (this.#piece ??= await this.#emptyPiece());
      const part = bytes.subarray(at, at + piece.length - this.#filled);
      piece.set(part, this.#filled);
      at += part.length;
      this.#filled += part.length;
      if (this.#filled === piece.length) this.#send(piece);
    }
  }

  async finish(): Promise<Written> {
    if (this.#piece !== null) this.#send(this.#piece.subarray(0, this.#filled));
    return await this.#ask({ kind: 'finish' });
  }

  async keep(place: Place): Promise<void> {
    await this.#ask({ kind: 'keep', place });
  }

  /** Rejects with `unavailable` when the thread is dead; the file may exist then, and nothing writes to it. */
  async discard(): Promise<void> {
    try {
      await this.#ask({ kind: 'discard' });
    } finally {
      void this.#thread.terminate();
      await this.#ended;
    }
  }

  /** One that is new, or came back: then the thread has written what was in it. */
  async #emptyPiece(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#made < pieces) {
      this.#made += 1;
      return new Uint8Array(pieceSizeBytes);
    }
    const memory = await this.#onTheirWay.shift();
    if (memory === undefined) throw new Error('two writes of one upload at once');
    return new Uint8Array(memory);
  }

  #send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#piece = null;
    this.#filled = 0;
    const written = this.#post({ kind: 'write', bytes }, [bytes.buffer]).then(({ answer, memory }) => {
      if ('failure' in answer) throw errorOf(answer.failure);
      if (memory === null) throw new Error('the memory of an upload did not come back');
      return memory;
    });
    written.catch(() => undefined); // what is asked next fails the same way
    this.#onTheirWay.push(written);
  }

  async #ask<Kind extends UploadTask['kind']>(
    task: UploadTask & { readonly kind: Kind },
  ): Promise<UploadResults[Kind]> {
    const { answer } = await this.#post(task);
    if ('failure' in answer) throw errorOf(answer.failure);
    return answer.result as UploadResults[Kind];
  }

  #post(task: UploadTask, moved: ArrayBuffer[] = []): Promise<UploadThreadAnswer> {
    if (this.#failure !== null) return Promise.reject(endedEarly(this.#failure));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.ref(); // the process waits for what it asked
      this.#thread.postMessage(task, moved);
    });
  }
}

function endedEarly(cause: unknown): DomainError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return DomainError.of('upload-thread-ended', { why }, { cause });
}

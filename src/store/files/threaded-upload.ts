import type { Place, UploadResults, UploadTask, Written } from './upload-tasks';
import type { UploadThreads } from './upload-threads';
import type { UploadWorker } from './upload-worker';
import { errorOf, type UploadWriter } from './upload-writer';

/** An upload has so many pieces of memory, each of so many bytes, on their way to its thread and back. */
const pieces = 4;
const pieceSizeBytes = 512 * 1024;

/**
 * Has a thread write, hash and sync one upload, and give the file its name: neither the event loop nor the threads of Node's own pool,
 * which devices read bundles through, wait for the disk. When the thread dies, this upload fails with `unavailable` and no other one:
 * nothing of it was acknowledged.
 */
export class ThreadedUpload implements UploadWriter {
  readonly #thread: UploadWorker;
  #isOver = false;
  /** What comes back first is first. */
  readonly #onTheirWay: Promise<ArrayBuffer>[] = [];
  #made = 0;
  #piece: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;

  /** @param file to be written; nothing has this name */
  constructor(
    file: string,
    private readonly threads: UploadThreads,
  ) {
    this.#thread = threads.take();
    this.#thread.begin(file);
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

  /**
   * Once this is answered, everything before is done, the sync included: the thread can take another upload. Rejects with `unavailable`
   * when the thread is dead; the file may exist then, and nothing writes to it.
   */
  async discard(): Promise<void> {
    const asked = this.#ask({ kind: 'discard' });
    this.#isOver = true;
    try {
      await asked;
    } catch (error) {
      await this.#thread.end();
      throw error;
    }
    this.threads.giveBack(this.#thread);
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

  #post(task: UploadTask, moved: ArrayBuffer[] = []): ReturnType<UploadWorker['ask']> {
    if (this.#isOver) return Promise.reject(new Error('this upload is over'));
    return this.#thread.ask(task, moved);
  }
}

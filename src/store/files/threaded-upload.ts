import type { WeakHashes } from '../../core/bundle';
import type { Place, UploadTask, Written, WrittenFile } from './upload-tasks';
import type { UploadThreads } from './upload-threads';
import type { UploadWorker } from './upload-worker';
import type { UploadWriter } from './upload-writer';

/** Number of buffers that an upload has in transit to its threads; the next constant is the size of each, in bytes. */
const pieces = 4;
const pieceSizeBytes = 512 * 1024;

type Piece = Uint8Array<SharedArrayBuffer>;

/**
 * Has a thread write, hash and sync one upload and name the file, so that neither the event loop nor Node's thread pool, through which devices
 * read bundles, waits for the disk. A second thread computes the weak hashes from the same memory. If one of them dies, only this upload
 * fails, with `unavailable`: nothing of it was acknowledged.
 */
export class ThreadedUpload implements UploadWriter {
  readonly #writer: UploadWorker;
  readonly #hasher: UploadWorker;
  #isOver = false;
  /** In the order of sending; each resolves once both threads are done with it. */
  readonly #onTheirWay: Promise<Piece>[] = [];
  #made = 0;
  #piece: Piece | null = null;
  #filled = 0;

  /** @param file the file to write; it must not exist */
  constructor(
    file: string,
    private readonly threads: UploadThreads,
  ) {
    this.#writer = threads.take();
    this.#hasher = takeOrGiveBack(threads, this.#writer);
    this.#writer.begin({ file });
    this.#hasher.begin('weak-hashes');
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
    const finished = Promise.all(
      [this.#writer, this.#hasher].map((thread) => this.#ask(thread, { kind: 'finish' })),
    );
    const [file, weakHashes] = (await finished) as [WrittenFile, WeakHashes];
    return { ...file, weakHashes };
  }

  async keep(place: Place): Promise<void> {
    await this.#ask(this.#writer, { kind: 'keep', place });
  }

  /** Rejects with `unavailable` if a thread is dead; the file may still exist then, but nothing writes to it. */
  async discard(): Promise<void> {
    this.#isOver = true;
    const [written] = await Promise.allSettled([this.#end(this.#writer), this.#end(this.#hasher)]);
    if (written.status === 'rejected') throw written.reason;
  }

  #ask(thread: UploadWorker, task: UploadTask): Promise<unknown> {
    if (this.#isOver) return Promise.reject(new Error('this upload is over')); // another upload may have the thread
    return thread.ask(task);
  }

  /** A thread that answers this has done everything before, including the sync: it can take another upload. */
  async #end(thread: UploadWorker): Promise<void> {
    try {
      await thread.ask({ kind: 'discard' });
    } catch (error) {
      await thread.end();
      throw error;
    }
    this.threads.giveBack(thread);
  }

  /** A new piece, or one that both threads are done with. */
  async #emptyPiece(): Promise<Piece> {
    if (this.#made < pieces) {
      this.#made += 1;
      return new Uint8Array(new SharedArrayBuffer(pieceSizeBytes));
    }
    const piece = await this.#onTheirWay.shift();
    if (piece === undefined) throw new Error('two writes of one upload at once');
    return piece;
  }

  #send(bytes: Piece): void {
    this.#piece = null;
    this.#filled = 0;
    const done = Promise.all([
      this.#ask(this.#writer, { kind: 'write', bytes }),
      this.#ask(this.#hasher, { kind: 'write', bytes }),
    ]).then(() => bytes);
    done.catch(() => undefined); // the next request fails the same way
    this.#onTheirWay.push(done);
  }
}

/** The system may have no thread left: then the first one must not be lost. */
function takeOrGiveBack(threads: UploadThreads, first: UploadWorker): UploadWorker {
  try {
    return threads.take();
  } catch (error) {
    threads.giveBack(first);
    throw error;
  }
}

import { WeakFileHashes } from '../../base/files/file-hashes';
import { UploadFile } from './upload-file';
import type { Place, TaskFailure, UploadResults, UploadTask, Written, WrittenFile } from './upload-tasks';

/** Writes one upload to a file. After one method rejects, with the system's error or `unavailable`, all but `discard` do. */
export interface UploadWriter {
  /** Copies the piece; resolves once more may follow. Errors of the disk may be reported later. */
  write(piece: Uint8Array): Promise<void>;
  /** Resolves once all bytes are written and hashed. They may not be on disk yet. */
  finish(): Promise<Written>;
  /** Gives the file a second name, or moves it to replace another. Name and bytes are on disk when the promise resolves. */
  keep(place: Place): Promise<void>;
  /** Removes the file, whatever happened before, and ends the writer. */
  discard(): Promise<void>;
}

/** For commands, which serve no devices: it waits for the disk itself. */
export class DirectUpload implements UploadWriter {
  readonly #file: UploadFile;
  readonly #weakHashes = new WeakFileHashes();

  constructor(file: string) {
    this.#file = new UploadFile(file);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#perform({ kind: 'write', bytes });
    this.#weakHashes.update(bytes);
  }

  async finish(): Promise<Written> {
    const written = (await this.#perform({ kind: 'finish' })) as WrittenFile;
    return { ...written, weakHashes: this.#weakHashes.digest() };
  }

  async keep(place: Place): Promise<void> {
    await this.#perform({ kind: 'keep', place });
  }

  async discard(): Promise<void> {
    await this.#perform({ kind: 'discard' });
  }

  #perform<Kind extends UploadTask['kind']>(
    task: UploadTask & { readonly kind: Kind },
  ): Promise<UploadResults[Kind]> {
    return new Promise((resolve, reject) => {
      this.#file.perform(task, (answer) => {
        if ('result' in answer) resolve(answer.result as UploadResults[Kind]);
        else reject(errorOf(answer.failure));
      });
    });
  }
}

/** Restores the system's error. */
export function errorOf({ message, code }: TaskFailure): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

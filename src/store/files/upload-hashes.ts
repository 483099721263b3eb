import { WeakFileHashes } from '../../base/files/file-hashes';
import type { UploadAnswer, UploadJob, UploadResults, UploadTask } from './upload-tasks';

/** The weak hashes of one upload. They take longer than writing it and its SHA-256, so a server computes them in a second thread. */
export class UploadHashes implements UploadJob {
  readonly #hashes = new WeakFileHashes();

  perform(task: UploadTask, tell: (answer: UploadAnswer) => void): void {
    tell({ result: this.#do(task) });
  }

  #do(task: UploadTask): UploadResults[UploadTask['kind']] {
    if (task.kind === 'finish') return this.#hashes.digest();
    if (task.kind === 'write') this.#hashes.update(task.bytes);
    return null;
  }
}

import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { syncFolderSync } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import type { Place, TaskFailure, UploadAnswer, UploadJob, UploadResults, UploadTask } from './upload-tasks';

/**
 * The file of one upload: written and hashed, synced, then named. Each step waits for the disk, so a server does it in a thread. If a write
 * or sync fails, the file is removed, and every task but `discard` fails with the same error.
 */
export class UploadFile implements UploadJob {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #descriptor: number | null = null;
  #failure: TaskFailure | null = null;

  /** Creates the file. */
  constructor(private readonly file: string) {
    this.#orGiveUp(() => {
      this.#descriptor = openNew(file);
    });
  }

  /**
   * Does a task and reports its result. After `finish`, the sync begins once the result is reported: the caller can read the bytes
   * meanwhile, and learns from `keep` whether they are on disk.
   */
  perform(task: UploadTask, tell: (answer: UploadAnswer) => void): void {
    tell(this.#answer(task));
    if (task.kind === 'finish') this.#orGiveUp(() => this.#sync());
  }

  #answer(task: UploadTask): UploadAnswer {
    if (this.#failure !== null && task.kind !== 'discard') return { failure: this.#failure };
    try {
      return { result: this.#do(task) };
    } catch (error) {
      if (task.kind !== 'keep') this.#giveUp(error); // another name may work
      return { failure: failureOf(error) };
    }
  }

  #do(task: UploadTask): UploadResults[UploadTask['kind']] {
    switch (task.kind) {
      case 'write':
        this.#write(task.bytes);
        return null;
      case 'finish':
        return { sha256: this.#hash.digest('hex'), sizeBytes: this.#sizeBytes };
      case 'keep':
        giveName(this.file, task.place);
        return null;
      case 'discard':
        this.#close();
        rmSync(this.file, { force: true });
        return null;
    }
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#opened(), bytes, at);
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.length;
  }

  #sync(): void {
    fsyncSync(this.#opened());
    this.#close();
  }

  #opened(): number {
    if (this.#descriptor === null) throw new Error('this upload is not open');
    return this.#descriptor;
  }

  #close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null; // closed, even if the system reports an error
    if (descriptor !== null) closeSync(descriptor);
  }

  #orGiveUp(work: () => void): void {
    if (this.#failure !== null) return;
    try {
      work();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** What cannot be removed now is worthless, and the next start removes it. */
  #giveUp(cause: unknown): void {
    this.#failure = failureOf(cause);
    try {
      this.#close();
    } catch {
      // It is closed anyway.
    }
    try {
      rmSync(this.file, { force: true });
    } catch {
      // The disk fails.
    }
  }
}

/** The folder may be missing, if the disk was full at the start. */
function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    mkdirSync(path.dirname(file), { mode: 0o700 });
    return openSync(file, 'wx', 0o600);
  }
}

/** Uses a link, because a rename would replace an existing file. @throws the system's error; `EEXIST` if the name is taken */
function giveName(file: string, { file: target, replaces }: Place): void {
  const folder = path.dirname(target);
  if (replaces) {
    const found = lstatSync(target, { throwIfNoEntry: false });
    if (found?.isFile() === false)
      throw Object.assign(new Error(`${target} is not a file`), { code: 'EEXIST' });
    renameSync(file, target);
    syncFolderSync(folder);
    return;
  }
  linkSync(file, target);
  try {
    syncFolderSync(folder);
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  }
}

function failureOf(error: unknown): TaskFailure {
  return { message: error instanceof Error ? error.message : String(error), code: systemErrorCode(error) };
}

import type { WeakHashes } from '../../core/bundle';

/** Where a bundle gets its name. */
export interface Place {
  readonly file: string;
  /** Replaces an existing file; otherwise a file of that name is left alone. */
  readonly replaces: boolean;
}

/** The steps of an upload, in this order; `discard` may come at any time, and is the last. */
export type UploadTask =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'finish' }
  | { readonly kind: 'keep'; readonly place: Place }
  | { readonly kind: 'discard' };

/** All bytes of an upload, written. */
export interface WrittenFile {
  /** In lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The same with all of its hashes. */
export interface Written extends WrittenFile {
  readonly weakHashes: WeakHashes;
}

/** An error of the system, which would lose its code on the way out of a thread. */
export interface TaskFailure {
  readonly message: string;
  readonly code: string | undefined;
}

export interface UploadResults {
  readonly write: null;
  /** Of who writes the file, and of who computes its weak hashes. */
  readonly finish: WrittenFile | WeakHashes;
  readonly keep: null;
  readonly discard: null;
}

/** One for each task, in their order. */
export type UploadAnswer =
  { readonly result: UploadResults[UploadTask['kind']] } | { readonly failure: TaskFailure };

/** What does the tasks of one upload. */
export interface UploadJob {
  /** Does a task and tells what came of it. */
  perform(task: UploadTask, tell: (answer: UploadAnswer) => void): void;
}

/** What a thread does for an upload: writes a file whose name nothing has, or computes the weak hashes. */
export type UploadRole = { readonly file: string } | 'weak-hashes';

/** What is sent to a thread: an upload begins, which is not answered, and then come its tasks. */
export type UploadThreadTask = UploadTask | { readonly kind: 'begin'; readonly role: UploadRole };

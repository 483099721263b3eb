import type { WeakHashes } from '../../core/bundle';

/** The place of a bundle's file. */
export interface Place {
  readonly file: string;
  /** Whether to replace an existing file; otherwise a file of that name is left alone. */
  readonly replaces: boolean;
}

/** The steps of an upload, in this order. `discard` may come at any time, and is the last one. */
export type UploadTask =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'finish' }
  | { readonly kind: 'keep'; readonly place: Place }
  | { readonly kind: 'discard' };

/** All bytes of an upload have been written. */
export interface WrittenFile {
  /** In lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The same with all of its hashes. */
export interface Written extends WrittenFile {
  readonly weakHashes: WeakHashes;
}

/** An error of the system, as plain data, because it would lose its code on the way out of a thread. */
export interface TaskFailure {
  readonly message: string;
  readonly code: string | undefined;
}

export interface UploadResults {
  readonly write: null;
  /** From the thread that writes the file, or the one that computes its weak hashes. */
  readonly finish: WrittenFile | WeakHashes;
  readonly keep: null;
  readonly discard: null;
}

/** One for each task, in the same order. */
export type UploadAnswer =
  { readonly result: UploadResults[UploadTask['kind']] } | { readonly failure: TaskFailure };

/** Performs the tasks of one upload. */
export interface UploadJob {
  /** Performs a task and reports its result. */
  perform(task: UploadTask, tell: (answer: UploadAnswer) => void): void;
}

/** What a thread does for an upload: write to a new file, or compute the weak hashes. */
export type UploadRole = { readonly file: string } | 'weak-hashes';

/** Messages to a thread: the start of an upload, which is not answered, and then its tasks. */
export type UploadThreadTask = UploadTask | { readonly kind: 'begin'; readonly role: UploadRole };

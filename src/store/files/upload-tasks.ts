import type { WeakHashes } from '../../core/bundle';

/** Where a bundle gets its name. */
export interface Place {
  readonly file: string;
  /** Replaces an existing file; otherwise a file of that name is left alone. */
  readonly replaces: boolean;
}

/** The steps for the file of one upload, in this order; `discard` may come at any time, and is the last. */
export type UploadTask =
  | { readonly kind: 'write'; readonly bytes: Uint8Array }
  | { readonly kind: 'finish' }
  | { readonly kind: 'keep'; readonly place: Place }
  | { readonly kind: 'discard' };

/** All bytes of an upload, written and hashed. */
export interface Written {
  /** In lower-case hex. */
  readonly sha256: string;
  readonly weakHashes: WeakHashes;
  readonly sizeBytes: number;
}

/** An error of the system, which would lose its code on the way out of a thread. */
export interface TaskFailure {
  readonly message: string;
  readonly code: string | undefined;
}

export interface UploadResults {
  readonly write: null;
  readonly finish: Written;
  readonly keep: null;
  readonly discard: null;
}

/** One for each task, in their order. */
export type UploadAnswer =
  { readonly result: UploadResults[UploadTask['kind']] } | { readonly failure: TaskFailure };

/** What comes back from a thread. */
export interface UploadThreadAnswer {
  readonly answer: UploadAnswer;
  /** Of the bytes that were written. */
  readonly memory: ArrayBuffer | null;
}

/** What is sent to a thread: an upload begins, and then come its tasks. */
export type UploadThreadTask =
  | UploadTask
  /** Not answered. Nothing has the name of this file. */
  | { readonly kind: 'begin'; readonly file: string };

import type { ImageCheck } from '../core/image-check';
import type { Inspection } from '../core/inspection';
import type { Looked } from './check-images';
import type { BundleHashes } from './hash-bundle';
import type { SignatureJudgement } from './judge-signature';
import type { VerificationProfile } from './profile';

/** A bundle in a file that whoever asks keeps open until the answer is there. */
export interface OpenBundle {
  /** Of the file, in this process. */
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/** What a thread is asked to do with a bundle. */
export type BundleTask =
  | { readonly kind: 'inspect'; readonly now: Date }
  | { readonly kind: 'judge'; readonly now: Date }
  | { readonly kind: 'check-images'; readonly looked: Looked }
  | { readonly kind: 'hash' };

/** What comes of each kind of task. */
export interface BundleResults {
  readonly inspect: Inspection;
  readonly judge: SignatureJudgement;
  readonly 'check-images': ImageCheck;
  readonly hash: BundleHashes;
}

/** One task on its way to the thread. */
export interface BundleRequest {
  readonly id: number;
  readonly bundle: OpenBundle;
  readonly task: BundleTask;
}

/** What comes back for a request; an error has lost its class on the way. */
export type BundleAnswer =
  | { readonly id: number; readonly result: BundleResults[keyof BundleResults] }
  | { readonly id: number; readonly error: unknown };

/** What a thread is started with. */
export interface ThreadData {
  readonly profile: VerificationProfile;
}

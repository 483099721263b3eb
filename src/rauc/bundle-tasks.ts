import type { ImageCheck } from '../core/image-check';
import type { Inspection } from '../core/inspection';
import type { Looked } from './check-images';
import type { BundleHashes } from './hash-bundle';
import type { SignatureJudgement } from './judge-signature';
import type { VerificationProfile } from './profile';

/** A bundle in a file that the caller keeps open until the answer arrives. */
export interface OpenBundle {
  /** The file's descriptor, in this process. */
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/** What a thread is asked to do with a bundle. */
export type BundleTask =
  | { readonly kind: 'inspect'; readonly now: Date }
  | { readonly kind: 'judge'; readonly now: Date }
  | { readonly kind: 'check-images'; readonly looked: Looked }
  | { readonly kind: 'hash' };

/** The result of each kind of task. */
export interface BundleResults {
  readonly inspect: Inspection;
  readonly judge: SignatureJudgement;
  readonly 'check-images': ImageCheck;
  readonly hash: BundleHashes;
}

/** One task sent to the thread. */
export interface BundleRequest {
  readonly id: number;
  readonly bundle: OpenBundle;
  readonly task: BundleTask;
}

/** The answer to a request; an error loses its class in transit. */
export type BundleAnswer =
  | { readonly id: number; readonly result: BundleResults[keyof BundleResults] }
  | { readonly id: number; readonly error: unknown };

/** What a thread starts with. */
export interface ThreadData {
  readonly profile: VerificationProfile;
}

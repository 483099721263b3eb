import type { Readable } from 'node:stream';
import type { Bundle } from '../core/bundle';
import type { Release } from '../core/release';

/** An upload that lies complete and synced in the incoming area, under no name yet. */
export interface StagedBundle {
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface PublishRequest {
  /** As the client sent it: checked, never rewritten. */
  readonly name: string;
  /** What the operator says: needed to release an encrypted bundle, else the manifest's is used. */
  readonly compatible?: string;
  /** Make it current for its compatible in the same step. */
  readonly activate?: boolean;
  /** Activate although the manifest names another compatible. */
  readonly force?: boolean;
  /** `local`, `token:<name>` or `cli:<user>`. */
  readonly actor: string;
}

export interface Publication {
  readonly bundle: Bundle;
  /** False when the same bytes were stored under this name before. */
  readonly created: boolean;
  readonly release: Release | null;
}

/** Takes a bundle in: staged, verified, stored under its name and, on request, made current. All or nothing. */
export interface PublishBundle {
  /**
   * Writes and hashes a stream into the incoming area. Nothing stays behind when it fails.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input` (an aborted or empty upload)
   */
  stage(
    content: Readable,
    options: { readonly limitBytes: number; readonly signal?: AbortSignal },
  ): Promise<StagedBundle>;
  /**
   * Inspects a staged upload and stores it. Consumes the staged file, also when it refuses.
   * @throws DomainError `invalid-input`, `bundle-broken`, `bundle-untrusted`, `conflict`, `storage-full`
   */
  publish(staged: StagedBundle, request: PublishRequest): Promise<Publication>;
  /** Forgets a staged upload. */
  discard(staged: StagedBundle): Promise<void>;
}

import type { DomainError } from '../core/errors';

/** How the object store does that keeps the bundles. */
export interface BundleStoreStatus {
  /** What keeps it from serving, by its latest answer; `null` while it works. */
  readonly problem: DomainError | null;
  /** What bundles take in the cache on this machine's disk, in bytes. */
  readonly cacheBytes: number;
}

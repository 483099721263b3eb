import type { DomainError } from '../core/errors';

/** The state of the object store that holds the bundles. */
export interface BundleStoreStatus {
  /** Why it cannot serve, by its latest answer; `null` while it works. */
  readonly problem: DomainError | null;
  /** Space that bundles use in the cache on this machine's disk, in bytes. */
  readonly cacheBytes: number;
}

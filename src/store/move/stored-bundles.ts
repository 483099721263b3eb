import type { InstalledBundle } from '../../ports/installed-data';
import type { OpenBytes } from '../../ports/bundle-storage';

/** Where bundles come from. */
export interface BundleSource {
  /** @returns `undefined` if it is missing */
  open(bundle: InstalledBundle): Promise<OpenBytes | undefined>;
  close(): void;
}

/** Where bundles go. */
export interface BundleTarget {
  /** Whether exactly these bytes are there, which have been read or were verified when they arrived. */
  has(bundle: InstalledBundle): Promise<boolean>;
  /** Stores bytes, unless they have another hash than the bundle. @returns whether they were right */
  put(bundle: InstalledBundle, bytes: OpenBytes): Promise<boolean>;
  close(): void;
}

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
  /** Whether exactly these bytes are there, as read now or as verified when they arrived. */
  has(bundle: InstalledBundle): Promise<boolean>;
  /** Stores bytes, unless their hash differs from the bundle's. @returns whether they were right */
  put(bundle: InstalledBundle, bytes: OpenBytes): Promise<boolean>;
  close(): void;
}

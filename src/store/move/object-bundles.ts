import type { InstalledBundle } from '../../ports/installed-data';
import { openBytes } from '../files/bundle-file';
import { type DigestRecords, digestUnverified } from '../s3/block-digests';
import type { BundleObjects } from '../s3/objects';
import { withStore } from '../s3/s3-error';
import type { BundleSource, BundleTarget } from './stored-bundles';

/**
 * The bundles of an object store, under their hashes.
 * @param digests the digests of the installation that bundles are moved to. A bundle that has them was stored by an
 * earlier run.
 */
export function objectBundles(objects: BundleObjects, digests: DigestRecords): BundleSource & BundleTarget {
  const sizeOf = (sha256: string) => withStore(() => objects.sizeOf(sha256));
  const bytesOf = async ({ sha256 }: InstalledBundle) => {
    const sizeBytes = await sizeOf(sha256);
    if (sizeBytes === undefined) return undefined;
    return openBytes({
      sizeBytes,
      read: (position, length) => withStore(() => objects.read(sha256, position, length)),
      close: () => Promise.resolve(),
    });
  };
  return {
    open: bytesOf,
    async has(bundle) {
      const { sha256, sizeBytes } = bundle;
      const found = await bytesOf(bundle);
      if (found?.sizeBytes !== sizeBytes) return false;
      if ((await digests.find(sha256, sizeBytes)) !== undefined) return true;
      // Someone else stored it, or a run that was killed.
      const made = await digestUnverified(sha256, found);
      if (made !== undefined) await digests.save(sha256, made);
      return made !== undefined;
    },
    async put({ sha256 }, bytes) {
      const made = await digestUnverified(sha256, bytes);
      if (made === undefined) return false;
      await withStore(() => objects.put(sha256, bytes, { onlyIfMissing: false }));
      await digests.save(sha256, made);
      return true;
    },
    close: () => objects.close(),
  };
}

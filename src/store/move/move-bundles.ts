import { DomainError } from '../../core/errors';
import type { InstalledBundle } from '../../ports/installed-data';
import type { BundleSource, BundleTarget } from './stored-bundles';

export interface CopiedBundles {
  readonly copiedBundles: number;
  readonly copiedBytes: number;
}

/**
 * Copies the bundles that are not there yet, and verifies the hash of each.
 * @throws DomainError `bundle-broken` when one is missing or damaged
 */
export async function moveBundles(
  bundles: readonly InstalledBundle[],
  from: BundleSource,
  to: BundleTarget,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<CopiedBundles> {
  const totalBytes = bundles.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let doneBytes = 0;
  let copiedBundles = 0;
  let copiedBytes = 0;
  for (const bundle of bundles) {
    onProgress(doneBytes, totalBytes);
    if (!(await to.has(bundle))) {
      await copyOne(bundle, from, to);
      copiedBundles += 1;
      copiedBytes += bundle.sizeBytes;
    }
    doneBytes += bundle.sizeBytes;
  }
  onProgress(totalBytes, totalBytes);
  return { copiedBundles, copiedBytes };
}

async function copyOne(bundle: InstalledBundle, from: BundleSource, to: BundleTarget): Promise<void> {
  const bytes = await from.open(bundle);
  if (bytes === undefined) throw broken(bundle);
  try {
    if (bytes.sizeBytes !== bundle.sizeBytes || !(await to.put(bundle, bytes))) throw broken(bundle);
  } finally {
    await bytes.close();
  }
}

function broken({ name }: InstalledBundle): DomainError {
  return DomainError.of('bundle-not-moved', { bundle: name });
}

import type { BundleUses } from '../../ports/fleet-counts';
import type { Catalog } from './catalog';

/** The names of the bundles that devices may install today: those that are current or pinned. */
export async function wantedBundles(
  catalog: Pick<Catalog, 'releases'>,
  uses: Pick<BundleUses, 'pinnedBundles'>,
): Promise<ReadonlySet<string>> {
  const pinned = await uses.pinnedBundles();
  return new Set([
    ...catalog.releases().map(({ bundle }) => bundle.name),
    ...pinned.map(({ bundleName }) => bundleName),
  ]);
}

import type { BundleUses } from '../../ports/fleet-counts';
import type { Catalog } from './catalog';

/** The names of the bundles that devices may install today: those that are current or pinned. */
export function wantedBundles(
  catalog: Pick<Catalog, 'releases'>,
  uses: Pick<BundleUses, 'pinnedBundles'>,
): ReadonlySet<string> {
  return new Set([
    ...catalog.releases().map(({ bundle }) => bundle.name),
    ...uses.pinnedBundles().map(({ bundleName }) => bundleName),
  ]);
}

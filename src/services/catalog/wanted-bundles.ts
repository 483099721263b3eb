import type { Bundle } from '../../core/bundle';
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

/** The next bundle: first the wanted ones, then the newest. `undefined` when there is none. */
export function mostWanted(bundles: readonly Bundle[], wanted: ReadonlySet<string>): Bundle | undefined {
  const rank = ({ name, uploadedAt }: Bundle) => [wanted.has(name) ? 1 : 0, uploadedAt.getTime()] as const;
  return bundles.reduce<Bundle | undefined>((best, bundle) => {
    if (best === undefined) return bundle;
    const [[isWanted, at], [isBestWanted, bestAt]] = [rank(bundle), rank(best)];
    return isWanted > isBestWanted || (isWanted === isBestWanted && at > bestAt) ? bundle : best;
  }, undefined);
}

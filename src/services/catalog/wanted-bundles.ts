import type { Catalog } from './catalog';

/** Bundles that devices are pinned to. */
export type PinnedBundles = () => readonly { readonly bundleName: string }[];

/** The names of the bundles that devices may install today: those that are current or pinned. */
export function wantedBundles(
  catalog: Pick<Catalog, 'releases'>,
  pinnedBundles: PinnedBundles,
): ReadonlySet<string> {
  return new Set([
    ...catalog.releases().map(({ bundle }) => bundle.name),
    ...pinnedBundles().map(({ bundleName }) => bundleName),
  ]);
}

import type { Circumstance } from '../../core/reasons/why';
import type { Bundle } from '../../core/bundle';
import type { Activation, Release } from '../../core/release';
import type { Catalog } from './catalog';
import { defaultCompatible } from './default-compatible';

export interface ListedBundle {
  readonly bundle: Bundle;
  /** Where it is current. */
  readonly activeFor: readonly { readonly compatible: string; readonly channel: string }[];
}

/** Lists of bundles and releases for administrators. */
export interface ListBundles {
  /** Newest first. */
  list(): readonly ListedBundle[];
  /** @throws DomainError `not-found` */
  get(name: string): ListedBundle;
  /** By compatible, then channel. */
  releases(): readonly Release[];
  /**
   * The compatible of devices that name none: the configured one, else the only one with a release, else `null` with the reason.
   */
  defaultCompatible(): { readonly compatible: string | null; readonly reason: Circumstance };
  /** Newest first. */
  history(filter: {
    readonly compatible?: string;
    /** A bundle that was made current. */
    readonly activated?: string;
    readonly limit: number;
    readonly beforeId?: number;
  }): Promise<readonly Activation[]>;
}

/** @param configuredCompatible the default compatible; `null` when none is configured */
export function createListBundles(catalog: Catalog, configuredCompatible: string | null): ListBundles {
  const listed = (bundle: Bundle): ListedBundle => ({ bundle, activeFor: catalog.usesOf(bundle.name) });
  return {
    list: () =>
      [...catalog.bundles()].sort((a, b) => b.uploadedAt.getTime() - a.uploadedAt.getTime()).map(listed),
    get: (name) => listed(catalog.get(name)),
    releases: () => catalog.releases(),
    defaultCompatible: () => defaultCompatible(catalog, configuredCompatible),
    history: (filter) => catalog.history(filter),
  };
}

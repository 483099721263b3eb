import type { Activation, Release } from '../../core/release';
import type { BundleDevices, FleetCounts } from '../../ports/fleet-counts';
import type { ListBundles, ListedBundle } from './list-bundles';

/** A bundle with everything that deleting it would affect. */
export interface BundleDescription extends ListedBundle {
  readonly current: readonly Release[];
  /** The times it was made current, newest first. */
  readonly history: readonly Activation[];
  readonly devices: BundleDevices;
}

/** @throws DomainError `not-found` */
export type DescribeBundle = (name: string) => Promise<BundleDescription>;

export interface DescribeBundlePorts {
  readonly listBundles: Pick<ListBundles, 'get' | 'releases' | 'history'>;
  readonly counts: Pick<FleetCounts, 'ofBundle'>;
}

const shownActivations = 50;

export function createDescribeBundle({ listBundles, counts }: DescribeBundlePorts): DescribeBundle {
  return async (name) => {
    const listed = listBundles.get(name);
    const { compatible, inspection } = listed.bundle;
    const version = inspection.manifest?.version ?? null;
    return {
      ...listed,
      current: listBundles.releases().filter(({ bundle }) => bundle.name === name),
      history: await listBundles.history({ activated: name, limit: shownActivations }),
      devices: await counts.ofBundle({ name, compatible, version }),
    };
  };
}

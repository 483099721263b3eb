import type { ServicePorts } from '../service-ports';
import { type ActivateRelease, createActivateRelease } from './activate-release';
import { BlockCache } from './block-cache';
import { type BundleTrust, createBundleTrust } from './bundle-trust';
import type { Catalog } from './catalog';
import { type CheckStoredImages, StoredImageChecks } from './check-stored-images';
import { createDeleteBundle, type DeleteBundle } from './delete-bundle';
import { BundleJudge, type JudgeBundles } from './judge-bundles';
import { type HashStoredBundles, StoredBundleHashes } from './hash-stored-bundles';
import { createListBundles, type ListBundles } from './list-bundles';
import { createPublishBundle, type PublishBundle } from './publish-bundle';
import { BundleReader } from './read-bundle';
import { createWriteManifestFile } from './write-manifest-file';

/** What can be done with bundles, and how one becomes current. */
export interface CatalogServices {
  readonly publishBundle: PublishBundle;
  readonly deleteBundle: DeleteBundle;
  readonly listBundles: ListBundles;
  readonly readBundle: BundleReader;
  readonly activateRelease: ActivateRelease;
  readonly bundleTrust: BundleTrust;
  readonly judgeBundles: JudgeBundles;
  readonly checkStoredImages: CheckStoredImages;
  readonly hashStoredBundles: HashStoredBundles;
  /** Called after each change of a release, to rewrite the manifest file for other tools. Never rejects. */
  readonly changed: () => Promise<void>;
}

/** How long a file stays open after a device's last range. */
const idleMs = 5_000;

const usualCacheBytes = 64 << 20;

export function createCatalogServices(ports: ServicePorts, catalog: Catalog): CatalogServices {
  const { store, trustTerms, allowUntrusted, configuredCompatible, baseUrl, log, now } = ports;
  const { allowOpaque = false } = ports;
  const { bundles: storage, uses, writability, writeManifestFile } = store;
  const { inspect, judge, checkImages, hashBundle } = ports;
  const changed = createWriteManifestFile({ catalog, configuredCompatible, baseUrl, writeManifestFile, log });
  const bundleTrust = createBundleTrust({ trustTerms, allowUntrusted, allowOpaque });
  return {
    publishBundle: createPublishBundle({ catalog, storage, inspect, allowUntrusted, changed, log, now }),
    deleteBundle: createDeleteBundle({ catalog, storage, uses, writability, log, now }),
    listBundles: createListBundles(catalog, configuredCompatible),
    readBundle: new BundleReader({
      catalog,
      storage,
      idleMs,
      cache: new BlockCache(ports.bundleCacheBytes ?? usualCacheBytes),
      allowOpaque,
      monotonicMs: ports.monotonicMs ?? (() => performance.now()),
    }),
    activateRelease: createActivateRelease({ catalog, bundleTrust, changed, log, now }),
    bundleTrust,
    judgeBundles: new BundleJudge({ catalog, storage, judge, trustTerms, bundleTrust, uses, log, now }),
    checkStoredImages: new StoredImageChecks({ catalog, storage, checkImages, uses, log, now }),
    hashStoredBundles: new StoredBundleHashes({ catalog, storage, hashBundle, log, now }),
    changed,
  };
}

import type { BundleStorage } from '../../ports/bundle-storage';
import type { Log } from '../../ports/log';
import type { Catalog } from './catalog';

export interface FindAgainPorts {
  readonly catalog: Pick<Catalog, 'lostBundles' | 'markFound'>;
  readonly storage: Pick<BundleStorage, 'stat'>;
  readonly log: Log;
}

/** Serves lost bundles again whose bytes another node has stored since. @throws DomainError `unavailable` */
export function createFindAgain({ catalog, storage, log }: FindAgainPorts): () => Promise<void> {
  return async () => {
    for (const { name, sha256, sizeBytes } of catalog.lostBundles()) {
      if ((await storage.stat(sha256))?.sizeBytes !== sizeBytes) continue;
      catalog.markFound(name);
      log.info({ bundle: name }, 'a bundle that was missing is there again');
    }
  };
}

import { Gauge, type Registry } from 'prom-client';
import type { BundleStoreStatus } from '../../../ports/bundle-store';

/** Registers the state of the bundles' object store, read at each scrape. */
export function registerBundleStoreMetrics(register: Registry, status: () => BundleStoreStatus): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_bundle_store_working',
    help: '1 while the object store answers; 0 while it fails, and only bundles in the cache on the disk are served',
    registers,
    collect() {
      this.set(status().problem === null ? 1 : 0);
    },
  });
  new Gauge({
    name: 'rauc_bundle_store_cache_bytes',
    help: 'What bundles of the object store take in the cache on the disk; those that are arriving count as if they were whole',
    registers,
    collect() {
      this.set(status().cacheBytes);
    },
  });
}

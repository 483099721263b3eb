import { Gauge, type Registry } from 'prom-client';
import type { BundleStoreStatus } from '../../../ports/bundle-store';

/** Registers the state of the bundles' object store, read at each scrape. */
export function registerBundleStoreMetrics(register: Registry, status: () => BundleStoreStatus): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_bundle_store_working',
    help: '1 while the object store answers; 0 while it does not, and only cached bundles are served',
    registers,
    collect() {
      this.set(status().problem === null ? 1 : 0);
    },
  });
  new Gauge({
    name: 'rauc_bundle_store_cache_bytes',
    help: 'Bytes that cached bundles of the object store use on disk; a bundle being fetched counts in full',
    registers,
    collect() {
      this.set(status().cacheBytes);
    },
  });
}

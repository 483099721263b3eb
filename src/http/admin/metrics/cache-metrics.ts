import { Counter, Gauge, type Registry } from 'prom-client';
import type { CacheCounts } from '../../../services/catalog/block-cache';

/** Registers what the bundle cache has done since the start, read at each scrape. */
export function registerCacheMetrics(register: Registry, counts: () => CacheCounts): void {
  const registers = [register];
  new Counter({
    name: 'rauc_bundle_cache_reads_total',
    help: 'Reads of bundles through the cache: a hit was in memory, a miss waited for the disk',
    labelNames: ['result'] as const,
    registers,
    collect() {
      const { hits, misses } = counts();
      this.reset();
      this.inc({ result: 'hit' }, hits);
      this.inc({ result: 'miss' }, misses);
    },
  });
  new Counter({
    name: 'rauc_bundle_cache_evictions_total',
    help: 'Blocks of bundles that left the cache to make room for others',
    registers,
    collect() {
      this.reset();
      this.inc(counts().evictions);
    },
  });
  new Gauge({
    name: 'rauc_bundle_cache_bytes',
    help: 'Bytes of bundles in the cache',
    registers,
    collect() {
      this.set(counts().bytes);
    },
  });
}

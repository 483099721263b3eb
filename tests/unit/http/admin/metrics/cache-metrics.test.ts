import { Registry } from 'prom-client';
import { registerCacheMetrics } from '../../../../../src/http/admin/metrics/cache-metrics';

it('metrics of the cache tell what it did since the start, at each scrape', async () => {
  const register = new Registry();
  let counts = { hits: 0, misses: 0, evictions: 0, bytes: 0 };
  registerCacheMetrics(register, () => counts);
  const samples = async () =>
    (await register.metrics()).split('\n').filter((line) => line.startsWith('rauc_'));
  expect(await samples()).toEqual([
    'rauc_bundle_cache_reads_total{result="hit"} 0',
    'rauc_bundle_cache_reads_total{result="miss"} 0',
    'rauc_bundle_cache_evictions_total 0',
    'rauc_bundle_cache_bytes 0',
  ]);
  counts = { hits: 5, misses: 2, evictions: 1, bytes: 131_072 };
  await samples();
  expect(await samples()).toEqual([
    'rauc_bundle_cache_reads_total{result="hit"} 5',
    'rauc_bundle_cache_reads_total{result="miss"} 2',
    'rauc_bundle_cache_evictions_total 1',
    'rauc_bundle_cache_bytes 131072',
  ]);
});

import { Registry } from 'prom-client';
import { registerStorageMetrics } from '../../../../../src/http/admin/metrics/storage-metrics';
import type { MeasureStorage } from '../../../../../src/ports/data-folder';
import { storageUsage } from '../../../../support/storage-usage';

async function samplesOf(measureStorage: MeasureStorage): Promise<string[]> {
  const register = new Registry();
  registerStorageMetrics(register, measureStorage);
  return (await register.metrics()).split('\n').filter((line) => line.startsWith('rauc_'));
}

describe('metrics of storage', () => {
  it('tell what takes the space, and what is left', async () => {
    const usage = storageUsage(50, { bundles: 1, uploads: 2, database: 3, other: 4, outside: 5 });
    expect(await samplesOf(() => Promise.resolve(usage))).toEqual([
      'rauc_storage_bytes{part="bundles"} 1',
      'rauc_storage_bytes{part="uploads"} 2',
      'rauc_storage_bytes{part="database"} 3',
      'rauc_storage_bytes{part="other"} 4',
      'rauc_storage_bytes{part="outside"} 5',
      'rauc_storage_free_bytes 50',
    ]);
  });

  it('say no number while the disk cannot be measured, and the others are still told', async () => {
    expect(await samplesOf(() => Promise.reject(new Error('EIO')))).toEqual(['rauc_storage_free_bytes Nan']);
  });
});

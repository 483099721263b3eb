import { Gauge, type Registry } from 'prom-client';
import { storageParts } from '../../../core/storage-room';
import type { MeasureStorage } from '../../../ports/data-folder';
import type { ServiceHealth } from '../../../services/services';

/** Registers whether changes can be saved, read at each scrape. */
export function registerWritabilityMetrics(register: Registry, health: () => ServiceHealth): void {
  new Gauge({
    name: 'rauc_storage_writable',
    help: '1 while changes can be saved; 0 while the disk is full or read-only, and devices are answered from what is known',
    registers: [register],
    collect() {
      this.set(health().writeProblem === null ? 1 : 0);
    },
  });
}

/** Registers what uses the disk, measured at each scrape; unknown while it cannot be measured. */
export function registerStorageMetrics(register: Registry, measureStorage: MeasureStorage): void {
  const registers = [register];
  const measured = () => measureStorage().catch(() => undefined);
  new Gauge({
    name: 'rauc_storage_bytes',
    help: 'What uses the disk that holds the data folder; outside is everything else on it, such as logs',
    labelNames: ['part'] as const,
    registers,
    async collect() {
      this.reset();
      const usage = await measured();
      if (usage === undefined) return;
      for (const part of storageParts) this.set({ part }, usage.sizes[part]);
    },
  });
  new Gauge({
    name: 'rauc_storage_free_bytes',
    help: 'Free space for bundles and the database; on the disk with less of it if they are on two',
    registers,
    async collect() {
      this.set((await measured())?.freeBytes ?? NaN);
    },
  });
}

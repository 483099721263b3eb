import { Gauge, type Registry } from 'prom-client';
import { storageParts } from '../../../core/storage-room';
import type { MeasureStorage } from '../../../ports/data-folder';
import type { ServiceHealth } from '../../../services/services';

/** Registers whether changes can be saved, read at each scrape. */
export function registerWritabilityMetrics(register: Registry, health: () => ServiceHealth): void {
  new Gauge({
    name: 'rauc_storage_writable',
    help: '1 while changes can be saved; 0 while the disk is full or read-only, and devices are answered from memory',
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
    help: 'Bytes used on the disk of the data folder, by what uses them; "outside" is everything else on that disk, such as logs',
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
    help: 'Bytes left for bundles and the database; if they are on two disks, on the one with less room',
    registers,
    async collect() {
      this.set((await measured())?.freeBytes ?? NaN);
    },
  });
}

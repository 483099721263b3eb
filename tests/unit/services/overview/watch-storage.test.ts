import type { StorageUsage } from '../../../../src/ports/data-folder';
import { StorageWatch } from '../../../../src/services/overview/watch-storage';
import { storageUsage } from '../../../support/storage-usage';

const gibibyte = 1 << 30;
const dayMs = 86_400_000;

let atMs: number;
let usage: StorageUsage;
let told: string[];
let watch: StorageWatch;
beforeEach(() => {
  atMs = 0;
  told = [];
  watch = new StorageWatch({
    measureStorage: () => Promise.resolve(usage),
    listBundles: { list: () => [] },
    monotonicMs: () => atMs,
    log: {
      info: () => undefined,
      warn: (_, message) => void told.push(message),
      error: (_, message) => void told.push(message),
    },
  });
});

async function look(freeBytes: number): Promise<void> {
  usage = storageUsage(freeBytes, { bundles: gibibyte });
  await watch.run();
}

describe('the watch of the disk', () => {
  it('tells the log once when there begins to be too little room, and again after there was enough', async () => {
    await look(2 * gibibyte);
    expect(told).toEqual([]);
    await look(gibibyte - 1);
    await look(gibibyte - 1);
    await look(gibibyte); // about the limit it is not told again
    await look(gibibyte - 1);
    expect(told).toEqual([expect.stringContaining('bundles (1024 MiB)')]);
    await look(2 * gibibyte);
    await look(gibibyte - 1);
    expect(told).toHaveLength(2);
  });

  it('foresees a disk that fills from day to day', async () => {
    for (const freeBytes of [23, 22, 21, 20]) {
      await look(freeBytes * gibibyte);
      atMs += dayMs;
    }
    expect(watch.daysUntilFull(20 * gibibyte)).toBe(20);
    expect(told).toEqual([]);
    await look(13.5 * gibibyte);
    expect(told).toEqual([expect.stringContaining('lasts 13 days')]);
  });

  it('rejects when the disk cannot be measured, so that its chore is seen to fail', async () => {
    const failing = new StorageWatch({
      measureStorage: () => Promise.reject(new Error('EIO')),
      listBundles: { list: () => [] },
      monotonicMs: () => 0,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    await expect(failing.run()).rejects.toThrow('EIO');
    expect(failing.daysUntilFull(1)).toBeNull();
  });
});

import type { StorageSizes } from '../../src/core/storage-room';
import type { StorageUsage } from '../../src/ports/data-folder';

/** A disk with so much left, and nothing on it but what is named; in bytes. */
export function storageUsage(freeBytes: number, sizes: Partial<StorageSizes> = {}): StorageUsage {
  return { sizes: { bundles: 0, uploads: 0, database: 0, other: 0, outside: 0, ...sizes }, freeBytes };
}

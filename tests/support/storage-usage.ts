import type { StorageSizes } from '../../src/core/storage-room';
import type { StorageUsage } from '../../src/ports/data-folder';

/** A disk with this much free space and the named contents only; in bytes. */
export function storageUsage(freeBytes: number, sizes: Partial<StorageSizes> = {}): StorageUsage {
  return { sizes: { bundles: 0, uploads: 0, database: 0, other: 0, outside: 0, ...sizes }, freeBytes };
}

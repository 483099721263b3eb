import type { StorageSizes } from '../core/storage-room';

/** What uses space on the disk of the data folder, and what is left, in bytes. */
export interface StorageUsage {
  readonly sizes: StorageSizes;
  /** Where bundles have a disk of their own, the smaller of the two. */
  readonly freeBytes: number;
}

/** @throws what the file system throws */
export type MeasureStorage = () => Promise<StorageUsage>;

/** Replaces `manifest.json` atomically. @throws DomainError `storage-full`, `unavailable` */
export type WriteManifestFile = (text: string) => Promise<void>;

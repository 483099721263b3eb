import type { StorageSizes } from '../core/storage-room';

/** What uses space on the disk of the data folder, and how much is left, in bytes. */
export interface StorageUsage {
  readonly sizes: StorageSizes;
  /** The smaller of the two if bundles have a disk of their own. */
  readonly freeBytes: number;
}

/** @throws the errors of the file system */
export type MeasureStorage = () => Promise<StorageUsage>;

/** Replaces `manifest.json` atomically. @throws DomainError `storage-full`, `unavailable` */
export type WriteManifestFile = (text: string) => Promise<void>;

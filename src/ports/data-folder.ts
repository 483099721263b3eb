/** What the data folder takes, and what is left for it, in bytes. */
export interface StorageUsage {
  readonly databaseBytes: number;
  readonly freeBytes: number;
}

export type MeasureStorage = () => Promise<StorageUsage>;

/** Replaces `manifest.json` atomically. @throws DomainError `storage-full`, `unavailable` */
export type WriteManifestFile = (text: string) => Promise<void>;

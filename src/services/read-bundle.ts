import type { Readable } from 'node:stream';
import type { Bundle } from '../core/bundle';

/** An open bundle file: its bytes stay readable until the lease is released, also when the bundle is deleted. */
export interface BundleLease {
  readonly sizeBytes: number;
  /** Reads exactly `length` bytes; rejects when there are fewer. */
  read(position: number, length: number): Promise<Buffer>;
  /** Bytes `start` to `end`, both included. Destroying it does not end the lease. */
  createReadStream(start: number, end: number): Readable;
  release(): void;
}

/** How downloads find and read bundles: from memory and the disk alone, without the database. */
export interface ReadBundle {
  find(name: string): Bundle | undefined;
  /**
   * Opens a bundle, sharing one file handle among concurrent readers.
   * @throws DomainError `not-found` when the file is gone or no longer has its size
   */
  open(bundle: Bundle): Promise<BundleLease>;
}

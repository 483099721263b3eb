import type { Readable } from 'node:stream';
import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { Catalog } from './catalog';
import type { OpenFile } from '../../ports/bundle-files';
import { createSharedFiles } from './shared-files';

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

export interface ReadPorts {
  readonly catalog: Catalog;
  readonly files: {
    /** @throws DomainError `not-found` */
    open(name: string): Promise<OpenFile>;
  };
  /** How long a file that nobody reads stays open for the next reader, in milliseconds. */
  readonly idleMs: number;
}

/** @returns the reader, and `close` for the end of the server: it closes what nobody reads */
export function createReadBundle({
  catalog,
  files,
  idleMs,
}: ReadPorts): ReadBundle & { close(): Promise<void> } {
  const shared = createSharedFiles(idleMs);
  return {
    find: (name) => catalog.find(name),
    async open(bundle) {
      if (catalog.find(bundle.name)?.sha256 !== bundle.sha256) throw gone(bundle);
      // The hash is part of the key: a file kept open is never taken for another one of its name.
      const lease = await shared.lease(`${bundle.sha256} ${bundle.name}`, () => openWhole(bundle, files));
      return { ...lease, sizeBytes: bundle.sizeBytes };
    },
    close: () => shared.close(),
  };
}

async function openWhole(bundle: Bundle, files: ReadPorts['files']): Promise<OpenFile> {
  const file = await files.open(bundle.name);
  if (file.sizeBytes === bundle.sizeBytes) return file;
  await file.close();
  throw gone(bundle);
}

function gone(bundle: Bundle): DomainError {
  return new DomainError('not-found', `${bundle.name} is no longer there as it was stored`, {
    remedy: 'Upload the same bundle again.',
  });
}

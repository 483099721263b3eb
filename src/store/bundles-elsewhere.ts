import { DomainError } from '../core/errors';
import type { BundleStorage } from '../ports/bundle-storage';
import type { FoundFiles } from '../ports/found-files';
import type { NamedBytes } from './files/named-bytes';
import { ThreadedUpload } from './files/threaded-upload';
import { UploadThreads } from './files/upload-threads';
import type { UploadThreadOptions } from './files/upload-worker';
import { DirectUpload, type UploadWriter } from './files/upload-writer';

/** What the records tell a bundle storage outside the data folder. */
export interface ElsewhereParts {
  /** The bundles that the database knows. */
  readonly known: readonly NamedBytes[];
  /** Hashes of deleted bundles. */
  readonly deleted: () => Promise<readonly string[]>;
  /** The bundles of all servers, if several may use the database. */
  readonly shared?: SharedBundles | undefined;
  /** Digests of blocks, from all servers, if several may use the database. */
  readonly sharedDigests?: SharedDigests | undefined;
  readonly newName: () => string;
  /** Starts writing a file that does not exist. */
  readonly write: (file: string) => UploadWriter;
}

/** The bundles of a database that other servers change, too. */
export interface SharedBundles {
  /** The bundles that the database knows now. @throws DomainError `unavailable` */
  list(): Promise<readonly NamedBytes[]>;
  /**
   * Removes bytes unless a bundle has them. Meanwhile no server adds a bundle with these bytes.
   * @returns whether it removed them @throws DomainError `unavailable`; what the removal throws
   */
  unlessNamed(sha256: string, remove: () => Promise<void>): Promise<boolean>;
}

/** Digests of the blocks of bundles, by the hash of the whole bundle, in a database that several servers use. */
export interface SharedDigests {
  /** @throws DomainError `unavailable` */
  find(sha256: string): Promise<Buffer | undefined>;
  /** @throws DomainError `storage-full`, `unavailable` */
  save(sha256: string, digests: Buffer): Promise<void>;
}

/** A bundle storage outside the data folder. The caller that opened it closes it. */
export interface BundlesElsewhere {
  readonly bundles: BundleStorage;
  /** Where its files on this machine are: bundles, and uploads in `.incoming`. */
  readonly folder: string;
}

export type OpenBundlesElsewhere = (parts: ElsewhereParts) => Promise<BundlesElsewhere>;

/** There are no other files besides the bundles, which are stored under their hashes. */
export const noFoundFiles: FoundFiles = {
  list: () => Promise.resolve([]),
  open: (name) => Promise.reject(DomainError.of('bundle-bytes-gone', { name })),
  adopt: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

/** Writes uploads, in threads where those are given. */
export function uploadWriters(options: UploadThreadOptions | undefined): {
  readonly write: (file: string) => UploadWriter;
  readonly close: () => void;
} {
  if (options === undefined) return { write: (file) => new DirectUpload(file), close: () => undefined };
  const threads = new UploadThreads(options);
  return { write: (file) => new ThreadedUpload(file, threads), close: () => void threads.close() };
}

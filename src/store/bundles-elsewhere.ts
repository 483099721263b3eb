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
  readonly newName: () => string;
  /** Starts writing a file that does not exist. */
  readonly write: (file: string) => UploadWriter;
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

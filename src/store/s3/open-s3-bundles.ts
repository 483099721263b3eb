import path from 'node:path';
import { neededRoomBytes } from '../../core/storage-room';
import type { SharedBundles, SharedDigests } from '../bundles-elsewhere';
import { IncomingFiles, cleanIncoming } from '../files/incoming-files';
import type { NamedBytes } from '../files/named-bytes';
import type { UploadWriter } from '../files/upload-writer';
import { storing } from '../storage-error';
import { BundleCache } from './bundle-cache';
import { createFindCredentials, type CredentialSources } from './credentials';
import { DigestFiles } from './digest-files';
import { KnownBundles } from './known-bundles';
import type { S3Location } from './location';
import { S3BundleObjects } from './objects';
import { S3Bundles } from './s3-bundles';
import { S3Client } from './s3-client';
import { SharedDigestRecords } from './shared-digest-records';

export interface OpenS3BundlesOptions {
  readonly location: S3Location;
  readonly credentials: CredentialSources;
  readonly dataDir: string;
  /** A folder of its own; it may be deleted while the server is stopped. */
  readonly cacheDir: string;
  /** What the cache may take on its disk, in bytes. */
  readonly cacheBytes: number;
  /** The bundles that the database knows. */
  readonly known: readonly NamedBytes[];
  /** The bundles of all servers, if several use the database. */
  readonly shared?: SharedBundles | undefined;
  readonly sharedDigests?: SharedDigests | undefined;
  /** Unique names for uploads in progress. */
  readonly newName: () => string;
  /** Starts writing a file that does not exist. */
  readonly write: (file: string) => UploadWriter;
  readonly onWrongBytes: (sha256: string) => void;
  /** PEM of the CAs of the store's certificate; `null` for those that Node trusts. */
  readonly ca?: string | null;
  /** Called after each attempt at a request, with its error or `null`. */
  readonly onTry?: (error: unknown) => void;
  readonly now: () => Date;
  readonly monotonicMs: () => number;
}

export interface OpenedS3Bundles {
  readonly bundles: S3Bundles;
  readonly objects: S3BundleObjects;
  readonly cache: BundleCache;
}

/** Opens bundles in an object store, without asking it anything yet. @throws DomainError `storage-full`, `unavailable` */
export async function openS3Bundles(options: OpenS3BundlesOptions): Promise<OpenedS3Bundles> {
  const { location, dataDir, cacheDir, cacheBytes, now, monotonicMs, onWrongBytes } = options;
  const { ca = null, onTry, sharedDigests } = options;
  const credentials = createFindCredentials(options.credentials, monotonicMs);
  // Beside the whole bundles: an upload moves there in one step.
  const incoming = path.join(cacheDir, '.incoming');
  const known = new KnownBundles(options.known, options.shared);
  const cache = await storing(() =>
    BundleCache.open({
      folder: cacheDir,
      limitBytes: cacheBytes,
      reserveBytes: () =>
        neededRoomBytes(Math.max(0, ...known.hashes().map((sha256) => known.sizeOf(sha256) ?? 0))),
      onFailure: (sha256, error) => bundles.noteFailure(sha256, error),
    }),
  );
  await cleanIncoming(incoming);
  const client = new S3Client({ location, credentials, now, ca, ...(onTry === undefined ? {} : { onTry }) });
  const objects = new S3BundleObjects(client);
  const digests = new DigestFiles(path.join(dataDir, 'bundle-digests'));
  const bundles: S3Bundles = new S3Bundles({
    objects,
    cache,
    digests: sharedDigests === undefined ? digests : new SharedDigestRecords(digests, sharedDigests),
    incoming: new IncomingFiles(incoming, options.newName, options.write),
    known,
    onWrongBytes,
    monotonicMs,
  });
  return { bundles, objects, cache };
}

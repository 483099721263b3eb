import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { SharedBundles, SharedDigests } from '../../src/store/bundles-elsewhere';
import { IncomingFiles, cleanIncoming } from '../../src/store/files/incoming-files';
import type { NamedBytes } from '../../src/store/files/named-bytes';
import { DirectUpload } from '../../src/store/files/upload-writer';
import { BundleCache } from '../../src/store/s3/bundle-cache';
import { DigestFiles } from '../../src/store/s3/digest-files';
import { KnownBundles } from '../../src/store/s3/known-bundles';
import type { S3Location } from '../../src/store/s3/location';
import { type BundleObjects, S3BundleObjects } from '../../src/store/s3/objects';
import { openS3Bundles } from '../../src/store/s3/open-s3-bundles';
import { S3Bundles } from '../../src/store/s3/s3-bundles';
import { S3Client } from '../../src/store/s3/s3-client';
import { SharedDigestRecords } from '../../src/store/s3/shared-digest-records';
import { temporaryFolder } from './programs';
import type { Rgw } from './rgw';

export interface S3StorageOptions {
  readonly objects: BundleObjects;
  /** Where cache and digests are; a new folder when left out. */
  readonly folder?: string;
  readonly cacheFolder?: string;
  readonly limitBytes?: number;
  /** What stays free on the disk; nothing when left out. */
  readonly reserveBytes?: () => number;
  readonly known?: readonly NamedBytes[];
  /** The bundles of all servers; absent for a server alone. */
  readonly shared?: SharedBundles;
  readonly sharedDigests?: SharedDigests;
  readonly coldWaitMs?: number;
  readonly monotonicMs?: () => number;
}

export interface OpenedStorage {
  readonly storage: S3Bundles;
  readonly cache: BundleCache;
  readonly folder: string;
  /** Bundles of which the store returned wrong bytes. */
  readonly wrong: string[];
}

const opened: S3Bundles[] = [];

afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
});

/** A bundle storage as the server opens it. */
export async function openS3Storage({
  objects,
  known = [],
  limitBytes = 1 << 30,
  ...options
}: S3StorageOptions): Promise<OpenedStorage> {
  const folder = options.folder ?? (await temporaryFolder());
  const wrong: string[] = [];
  const cache = await BundleCache.open({
    folder: options.cacheFolder ?? path.join(folder, 'cache'),
    limitBytes,
    ...(options.reserveBytes === undefined ? {} : { reserveBytes: options.reserveBytes }),
    onFailure: (sha256, error) => storage.noteFailure(sha256, error),
  });
  const incoming = path.join(folder, '.incoming');
  await cleanIncoming(incoming);
  const digests = new DigestFiles(path.join(folder, 'digests'));
  const { sharedDigests } = options;
  const storage = new S3Bundles({
    objects,
    cache,
    digests: sharedDigests === undefined ? digests : new SharedDigestRecords(digests, sharedDigests),
    incoming: new IncomingFiles(incoming, randomUUID, (file) => new DirectUpload(file)),
    known: new KnownBundles(known, options.shared),
    onWrongBytes: (sha256) => wrong.push(sha256),
    monotonicMs: options.monotonicMs ?? (() => performance.now()),
    ...(options.coldWaitMs === undefined ? {} : { coldWaitMs: options.coldWaitMs }),
  });
  opened.push(storage);
  return { storage, cache, folder, wrong };
}

/** As a server opens it. @param folder for its data; a new one when left out */
export async function openAsServer(
  { accessKeyId, secretAccessKey }: Rgw,
  location: S3Location,
  { folder, known = [] }: { readonly folder?: string; readonly known?: readonly NamedBytes[] } = {},
): Promise<S3Bundles> {
  const dataDir = folder ?? (await temporaryFolder());
  const { bundles: storage } = await openS3Bundles({
    location,
    credentials: { accessKeyId, secretAccessKey, sessionToken: null, file: null, profile: 'default' },
    dataDir,
    cacheDir: path.join(dataDir, 'bundle-cache'),
    cacheBytes: 1 << 30,
    known,
    newName: randomUUID,
    write: (file) => new DirectUpload(file),
    onWrongBytes: () => undefined,
    now: () => new Date(),
    monotonicMs: () => performance.now(),
  });
  opened.push(storage);
  return storage;
}

/** Where a new set of objects is, beside those of other tests. */
export function locationOf(rgw: Pick<Rgw, 'endpoint'>, changes: Partial<S3Location> = {}): S3Location {
  return {
    bucket: 'bundles',
    prefix: `${randomUUID()}/`,
    endpoint: rgw.endpoint,
    region: 'us-east-1',
    isPathStyle: true,
    ...changes,
  };
}

export function clientOf(rgw: Rgw, location: S3Location, patienceMs = 20_000): S3Client {
  const { accessKeyId, secretAccessKey } = rgw;
  return new S3Client({
    location,
    credentials: () => Promise.resolve({ accessKeyId, secretAccessKey }),
    now: () => new Date(),
    patienceMs,
  });
}

export function objectsOf(rgw: Rgw, location = locationOf(rgw)): S3BundleObjects {
  return new S3BundleObjects(clientOf(rgw, location));
}

/** Makes a bucket. @returns the options of a server that keeps bundles there */
export async function optionsOfBucket(rgw: Rgw, bucket: string): Promise<Readonly<Record<string, string>>> {
  const client = clientOf(rgw, locationOf(rgw, { bucket }));
  await client.send({ method: 'PUT', key: '' });
  client.close();
  return {
    BUNDLE_STORE: `s3://${bucket}`,
    S3_ENDPOINT: rgw.endpoint,
    AWS_ACCESS_KEY_ID: rgw.accessKeyId,
    AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
  };
}

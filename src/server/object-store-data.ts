import type { Config } from '../config/config';
import { formatS3Address, type S3Address } from '../core/s3-address';
import type { OpenBytes } from '../ports/bundle-storage';
import type { InstalledData } from '../ports/installed-data';
import { openBytes } from '../store/files/bundle-file';
import { createFindCredentials } from '../store/s3/credentials';
import { S3BundleObjects } from '../store/s3/objects';
import { S3Client } from '../store/s3/s3-client';
import { withStore } from '../store/s3/s3-error';
import { objectStoreAccess } from './object-store-options';

/** How long `doctor` waits for a store that does not answer, in milliseconds. */
const patienceMs = 5_000;

/**
 * What is installed, with the bundles in an object store. They are read directly from there, independently of a running
 * server and its cache.
 */
export function withObjectStore(data: InstalledData, config: Config, address: S3Address): InstalledData {
  let objects: Promise<S3BundleObjects> | undefined;
  return {
    ...data,
    listFiles: () => Promise.resolve([]),
    openBundle: async ({ sha256 }) => {
      objects ??= openObjects(config, address);
      return await openObject(await objects, sha256);
    },
    bundlePlace: ({ sha256 }) => `${formatS3Address(address)}/sha256/${sha256}`,
  };
}

/** @param waitMs how long requests to a store that does not answer are retried */
export async function openObjects(
  config: Config,
  address: S3Address,
  waitMs = patienceMs,
): Promise<S3BundleObjects> {
  const { location, credentials, ca } = await objectStoreAccess(config, address);
  const find = createFindCredentials(credentials, () => performance.now());
  return new S3BundleObjects(
    new S3Client({ location, credentials: find, ca, now: () => new Date(), patienceMs: waitMs }),
  );
}

async function openObject(objects: S3BundleObjects, sha256: string): Promise<OpenBytes | undefined> {
  const sizeBytes = await withStore(() => objects.sizeOf(sha256));
  if (sizeBytes === undefined) return undefined;
  const read = (position: number, length: number) => withStore(() => objects.read(sha256, position, length));
  return openBytes({ sizeBytes, read, close: () => Promise.resolve() });
}

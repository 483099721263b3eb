import type { S3Location } from './location';

/** Where AWS keeps buckets when nothing else is said. */
const defaultRegion = 'us-east-1';

export interface S3Address {
  readonly bucket: string;
  /** Without slashes at its ends; empty if there is none. */
  readonly prefix: string;
}

/**
 * Reads `s3://bucket` or `s3://bucket/prefix`. Names of buckets are those of AWS; a prefix is made of letters, digits and `._-/`, which every
 * store takes as they are.
 * @returns `undefined` for anything else
 */
export function parseS3Address(address: string): S3Address | undefined {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\/?$/.exec(
    address,
  );
  const [, bucket, prefix] = found ?? [];
  return bucket === undefined || prefix === undefined ? undefined : { bucket, prefix: prefix.slice(1) };
}

/** @param endpoint of another store than AWS; there, buckets are a part of the path, because few stores have a host for each */
export function locate(
  { bucket, prefix }: S3Address,
  { endpoint, region }: { readonly endpoint: string | null; readonly region: string | null },
): S3Location {
  const where = region ?? defaultRegion;
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint: endpoint ?? `https://s3.${where}.amazonaws.com`,
    region: where,
    // The certificate of AWS covers one label before its name.
    isPathStyle: endpoint !== null || bucket.includes('.'),
  };
}

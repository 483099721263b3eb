/** Where bundles are in an object store: a bucket, and the prefix of all keys in it. */
export interface S3Address {
  readonly bucket: string;
  /** Without slashes at its ends; empty if there is none. */
  readonly prefix: string;
}

/**
 * Reads `s3://bucket` or `s3://bucket/prefix`. Bucket names follow the rules of AWS. A prefix consists of letters, digits and
 * `._-/`, which every store accepts unchanged.
 * @returns `undefined` for anything else
 */
export function parseS3Address(address: string): S3Address | undefined {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)\/?$/.exec(
    address,
  );
  const [, bucket, prefix] = found ?? [];
  return bucket === undefined || prefix === undefined ? undefined : { bucket, prefix: prefix.slice(1) };
}

export function formatS3Address({ bucket, prefix }: S3Address): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
}

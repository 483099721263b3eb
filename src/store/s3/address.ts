import type { S3Address } from '../../core/s3-address';
import type { S3Location } from './location';

/** Where AWS keeps buckets unless another region is given. */
const defaultRegion = 'us-east-1';

/**
 * @param endpoint the address of a store other than AWS. There, the bucket is part of the path, because few stores have a host
 * name for each bucket
 */
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

import { size } from '../value-types/amount';
import { bucketAddress, webOrigin } from '../value-types/network';
import { credential, filePath, region, text } from '../value-types/text';
import { server, serverOptional } from './option';

/** Bundles in an object store instead of the data folder. */
export const objectStoreOptions = {
  bundleStore: serverOptional(
    'BUNDLE_STORE',
    bucketAddress,
    'Keep bundles in this bucket of an S3-compatible object store instead of in `DATA_DIR`, such as `s3://updates/bundles`.',
  ),
  s3Endpoint: serverOptional(
    'S3_ENDPOINT',
    webOrigin,
    'URL of the object store. If unset, the AWS endpoint for the region.',
  ),
  s3Region: serverOptional(
    'S3_REGION',
    region,
    'Region of the bucket. If unset, `AWS_REGION`; if that is unset too, `us-east-1`, which stores other than AWS usually accept.',
  ),
  s3Ca: serverOptional(
    'S3_CA',
    filePath,
    "PEM file with the CA that issued the object store's certificate. If unset, public CAs and those in `NODE_EXTRA_CA_CERTS` are trusted.",
  ),
  bundleCacheDir: serverOptional(
    'BUNDLE_CACHE_DIR',
    filePath,
    'With `BUNDLE_STORE`: folder in which this server caches fetched bundles and receives uploads. Servers cannot share it. If unset, `bundle-cache` in `DATA_DIR`.',
  ),
  bundleCacheSize: {
    ...server(
      'BUNDLE_CACHE_SIZE',
      size,
      '20GiB',
      'With `BUNDLE_STORE`: how much disk space bundles may use in `BUNDLE_CACHE_DIR`. The least recently used ones are removed first. `BUNDLE_CACHE` is the cache in memory.',
    ),
    unit: 'bytes',
  },
  awsRegion: serverOptional('AWS_REGION', region, 'Region of the bucket if `S3_REGION` is unset.'),
  awsAccessKeyId: serverOptional(
    'AWS_ACCESS_KEY_ID',
    credential,
    'Access key ID for the object store. If unset, it is read from the credentials file.',
  ),
  awsSecretAccessKey: {
    ...serverOptional('AWS_SECRET_ACCESS_KEY', credential, 'Secret access key for `AWS_ACCESS_KEY_ID`.'),
    secret: true,
  },
  awsSessionToken: {
    ...serverOptional('AWS_SESSION_TOKEN', credential, 'Session token of temporary credentials.'),
    secret: true,
  },
  awsSharedCredentialsFile: serverOptional(
    'AWS_SHARED_CREDENTIALS_FILE',
    filePath,
    'Credentials file, read again every minute. If unset, `~/.aws/credentials`.',
  ),
  awsProfile: server('AWS_PROFILE', text, 'default', 'Profile in the credentials file.'),
} as const;

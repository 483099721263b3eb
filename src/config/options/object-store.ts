import { size } from '../value-types/amount';
import { bucketAddress, webOrigin } from '../value-types/network';
import { credential, filePath, region, text } from '../value-types/text';
import { server, serverOptional } from './option';

/** Bundles in an object store instead of the data folder. */
export const objectStoreOptions = {
  bundleStore: serverOptional(
    'BUNDLE_STORE',
    bucketAddress,
    'Keep bundles in this bucket of an object store that speaks S3 instead of `DATA_DIR`, such as `s3://updates/bundles`.',
  ),
  s3Endpoint: serverOptional(
    'S3_ENDPOINT',
    webOrigin,
    'URL of the object store. If unset, that of AWS in the region.',
  ),
  s3Region: serverOptional(
    'S3_REGION',
    region,
    'Region of the bucket. If unset, it is `AWS_REGION`, and without that `us-east-1`, which stores other than AWS usually accept.',
  ),
  s3Ca: serverOptional(
    'S3_CA',
    filePath,
    "PEM file with the CA that issued the object store's certificate. If unset, public CAs and those of `NODE_EXTRA_CA_CERTS`.",
  ),
  bundleCacheDir: serverOptional(
    'BUNDLE_CACHE_DIR',
    filePath,
    'With `BUNDLE_STORE`: folder for this server alone where bundles are kept on the disk once they were fetched, and uploads until they are stored. If unset, `bundle-cache` in `DATA_DIR`.',
  ),
  bundleCacheSize: {
    ...server(
      'BUNDLE_CACHE_SIZE',
      size,
      '20GiB',
      'With `BUNDLE_STORE`: how much of the disk bundles may take in `BUNDLE_CACHE_DIR`. The ones that were used longest ago make room for others. `BUNDLE_CACHE` is the cache in memory.',
    ),
    unit: 'bytes',
  },
  awsRegion: serverOptional('AWS_REGION', region, 'Region of the bucket if `S3_REGION` is unset.'),
  awsAccessKeyId: serverOptional(
    'AWS_ACCESS_KEY_ID',
    credential,
    'Who the server is for the object store. If unset, the credentials file says it.',
  ),
  awsSecretAccessKey: {
    ...serverOptional('AWS_SECRET_ACCESS_KEY', credential, 'The secret of `AWS_ACCESS_KEY_ID`.'),
    secret: true,
  },
  awsSessionToken: {
    ...serverOptional('AWS_SESSION_TOKEN', credential, 'The session of temporary credentials.'),
    secret: true,
  },
  awsSharedCredentialsFile: serverOptional(
    'AWS_SHARED_CREDENTIALS_FILE',
    filePath,
    'Credentials file, read again every minute. If unset, `~/.aws/credentials`.',
  ),
  awsProfile: server('AWS_PROFILE', text, 'default', 'Section of the credentials file.'),
} as const;

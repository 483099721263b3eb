import { S3Error } from '../../../../src/store/s3/s3-error';
import { StoreHealth } from '../../../../src/store/s3/store-health';

describe('the health of an object store', () => {
  it.each([
    [new S3Error(0, 'ECONNREFUSED'), 'bundle-store-away'],
    [new S3Error(503, 'SlowDown'), 'bundle-store-away'],
    [new S3Error(403, 'AccessDenied'), 'bundle-store-refuses'],
    [new S3Error(404, 'NoSuchBucket'), 'bundle-store-bucket'],
    [new S3Error(507, 'InsufficientStorage'), 'bundle-store-full'],
    [new S3Error(0, 'CERT_HAS_EXPIRED'), 'bundle-store-certificate'],
    [new S3Error(0, 'HPE_INVALID_CONSTANT'), 'bundle-store-not-s3'],
  ])('%s is a problem until a request succeeds', (error, code) => {
    const health = new StoreHealth();
    health.note(error);
    expect(health.problem?.reason?.code).toBe(code);
    health.note(null);
    expect(health.problem).toBeNull();
  });

  it.each([
    new S3Error(404, 'NoSuchKey'),
    new S3Error(412, 'PreconditionFailed'),
    new S3Error(416, 'InvalidRange'),
  ])('%s is the answer of a store that works', (error) => {
    const health = new StoreHealth();
    health.note(error);
    expect(health.problem).toBeNull();
  });
});

import { formatS3Address, parseS3Address } from '../../../../src/core/s3-address';
import { locate } from '../../../../src/store/s3/address';

describe('the address of an object store', () => {
  it.each([
    ['s3://bundles', { bucket: 'bundles', prefix: '' }],
    ['s3://bundles/', { bucket: 'bundles', prefix: '' }],
    ['s3://my.own-bucket/fleet/b_1.2', { bucket: 'my.own-bucket', prefix: 'fleet/b_1.2' }],
    ['s3://bundles/fleet/', { bucket: 'bundles', prefix: 'fleet' }],
  ])('%s is a bucket and a prefix', (address, parsed) => {
    expect(parseS3Address(address)).toEqual(parsed);
    expect(parseS3Address(formatS3Address(parsed))).toEqual(parsed);
  });

  it.each([
    '',
    's3://',
    's3://ab',
    's3://Bundles',
    's3://bundles//a',
    's3://bundles/../a',
    's3://bundles/a b',
    's3://bundles/a?b',
    's3://user:password@bundles',
    'https://bundles',
    's3://bundles/a\n',
  ])('%j is none', (address) => {
    expect(parseS3Address(address)).toBeUndefined();
  });

  it('leads to AWS unless an endpoint is named', () => {
    const address = { bucket: 'bundles', prefix: 'fleet' };
    expect(locate(address, { endpoint: null, region: 'eu-central-1' })).toEqual({
      bucket: 'bundles',
      prefix: 'fleet/',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
      isPathStyle: false,
    });
    const dotted = locate({ bucket: 'a.b', prefix: '' }, { endpoint: null, region: null });
    expect(dotted).toMatchObject({ region: 'us-east-1', isPathStyle: true, prefix: '' });
    const own = locate(address, { endpoint: 'https://store.example.com', region: null });
    expect(own).toMatchObject({ endpoint: 'https://store.example.com', isPathStyle: true });
  });
});

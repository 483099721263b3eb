import { readFile } from 'node:fs/promises';
import { makeBundle } from '../../support/bundle-factory';
import { connectDevice, type DeviceClient, protocols } from '../../support/device-client';
import { type DeviceListener, startDeviceListener } from '../../support/device-listener';

/** More than two pieces of the server's reading, so that both ways of sending are used. */
const imageSizeBytes = 900 << 10;

describe.each(protocols)('ranges of a bundle over %s', (protocol) => {
  let listener: DeviceListener;
  let client: DeviceClient;
  let bytes: Buffer;
  let sha256: string;
  let size: number;
  const get = (range: string, headers: Record<string, string> = {}) =>
    client.request('/bundles/bundle.raucb', { range, ...headers });

  beforeAll(async () => {
    const bundle = await makeBundle({ imageSizeBytes });
    ({ sha256, sizeBytes: size } = bundle);
    bytes = await readFile(bundle.path);
    listener = await startDeviceListener();
    await listener.publish(bundle.path);
    client = await connectDevice(listener.url, await listener.device('board-1'), protocol);
  });

  const block = 128 << 10;
  it.each<[string, string | (() => string), () => [start: number, end: number]]>([
    ['the first four bytes, which RAUC asks for first', 'bytes=0-3', () => [0, 3]],
    ['the last eight bytes', () => `bytes=${size - 8}-${size - 1}`, () => [size - 8, size - 1]],
    ['one byte', 'bytes=5-5', () => [5, 5]],
    ['128 KiB in the middle', `bytes=${block}-${2 * block - 1}`, () => [block, 2 * block - 1]],
    ['more than one piece', 'bytes=1000-700000', () => [1000, 700_000]],
    ['an end beyond the file, clipped', () => `bytes=${size - 10}-${size + 10}`, () => [size - 10, size - 1]],
    ['an end beyond 2^64, clipped', 'bytes=7-99999999999999999999', () => [7, size - 1]],
    ['an open end', 'bytes=1000-', () => [1000, size - 1]],
    ['a suffix', 'bytes=-1000', () => [size - 1000, size - 1]],
    ['a suffix longer than the file', 'bytes=-99999999999', () => [0, size - 1]],
    ['the unit in other letters', 'Bytes=0-3', () => [0, 3]],
  ])('sends %s', async (_, range, part) => {
    const { status, headers, body } = await get(typeof range === 'string' ? range : range());
    const [start, end] = part();
    expect(status).toBe(206);
    expect(headers).toMatchObject({
      'content-length': `${end - start + 1}`,
      'content-range': `bytes ${start}-${end}/${size}`,
      etag: `"${sha256}"`,
      'accept-ranges': 'bytes',
    });
    expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it.each([
    ['begins at the end of the file', () => `bytes=${size}-`],
    ['begins beyond 2^64', () => 'bytes=99999999999999999999-'],
    ['has no bytes at the end', () => 'bytes=-0'],
  ])('answers 416 to a range that %s', async (_, range) => {
    const { status, headers, body } = await get(range());
    expect(status).toBe(416);
    expect(headers['content-range']).toBe(`bytes */${size}`);
    expect(body).toHaveLength(0);
  });

  it.each([
    'bytes=5-3',
    'bytes=0-3,8-9',
    'bytes=a-b',
    'bytes=-',
    'bytes=',
    'bytes 0-3',
    'items=0-3',
    'bytes=0x0-0x3',
    'bytes=1.5-3',
    'bytes=-1-3',
  ])('ignores %s and sends the whole', async (range) => {
    const { status, headers, body } = await get(range);
    expect(status).toBe(200);
    expect(headers['content-length']).toBe(`${size}`);
    expect(headers['content-range']).toBeUndefined();
    expect(body.equals(bytes)).toBe(true);
  });

  it('sends the whole with its exact length and never encodes it', async () => {
    const { status, headers, body } = await client.request('/bundles/bundle.raucb', {
      'accept-encoding': 'deflate, gzip, br, zstd',
    });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-length': `${size}`,
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers['cache-control']).toContain('no-transform');
    expect(body.equals(bytes)).toBe(true);
  });

  it('tells when the bundle came, as an HTTP date', async () => {
    const { headers } = await client.request('/bundles/bundle.raucb', {}, 'HEAD');
    const { uploadedAt } = listener.services.readBundle.find('bundle.raucb') ?? {};
    expect(headers['last-modified']).toBe(uploadedAt?.toUTCString());
    expect(headers['last-modified']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const withoutDate = (headers: object) => ({ ...headers, date: undefined });
    const get = await client.request('/bundles/bundle.raucb');
    const head = await client.request('/bundles/bundle.raucb', {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(withoutDate(head.headers)).toEqual(withoutDate(get.headers));
    expect(head.body).toHaveLength(0);
  });

  it.each([
    ['the ETag', () => `"${sha256}"`, 206],
    [
      'the date',
      () => listener.services.readBundle.find('bundle.raucb')?.uploadedAt.toUTCString() ?? '',
      206,
    ],
    ['another ETag', () => '"other"', 200],
    ['the ETag as a weak one', () => `W/"${sha256}"`, 200],
    ['another date', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 200],
    ['nonsense', () => 'sometime', 200],
  ])('counts a range under If-Range with %s', async (_, ifRange, expected) => {
    const { status, body } = await get('bytes=0-3', { 'if-range': ifRange() });
    expect(status).toBe(expected);
    expect(body).toHaveLength(expected === 206 ? 4 : size);
  });

  it.each([
    ['the ETag', () => `"${sha256}"`, 304],
    ['a weak form of it', () => `W/"${sha256}"`, 304],
    ['a list with it', () => `"a", W/"b" ,"${sha256}"`, 304],
    ['a star', () => '*', 304],
    ['another ETag', () => '"other"', 206],
    ['the ETag without quotes', () => sha256, 206],
  ])('answers If-None-Match with %s', async (_, ifNoneMatch, expected) => {
    const { status, headers, body } = await get('bytes=0-3', { 'if-none-match': ifNoneMatch() });
    expect(status).toBe(expected);
    expect(headers['etag']).toBe(`"${sha256}"`);
    expect(body).toHaveLength(expected === 206 ? 4 : 0);
  });

  it.each([
    ['if-match', () => '"other"', 412],
    ['if-match', () => `W/"${sha256}"`, 412],
    ['if-match', () => `"other", "${sha256}"`, 206],
    ['if-match', () => '*', 206],
    ['if-unmodified-since', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 412],
    ['if-unmodified-since', () => 'Thu, 01 Jan 2070 00:00:00 GMT', 206],
    ['if-modified-since', () => 'Thu, 01 Jan 2070 00:00:00 GMT', 304],
    ['if-modified-since', () => 'Thu, 01 Jan 1970 00:00:00 GMT', 206],
    ['if-modified-since', () => 'yesterday', 206],
  ])('answers %s with the status that it asks for', async (name, value, expected) => {
    expect((await get('bytes=0-3', { [name]: value() })).status).toBe(expected);
  });

  it('serves the pinned address for ever and the name for now, with the same bytes', async () => {
    const pinned = await client.request(`/bundles/${sha256}/bundle.raucb`);
    const named = await client.request('/bundles/bundle.raucb');
    expect(pinned.body.equals(named.body)).toBe(true);
    expect(pinned.headers['cache-control']).toContain('immutable');
    expect(named.headers['cache-control']).toContain('no-cache');
  });

  it.each([
    ['an unknown name', '/bundles/other.raucb'],
    ['a pin of other bytes', `/bundles/${'0'.repeat(64)}/bundle.raucb`],
    ['a path out of the folder', '/bundles/..%2f..%2fserver.db'],
    ['a NUL', '/bundles/bundle.raucb%00'],
    ['no name', '/bundles/'],
    ['a slash at the end', '/bundles/bundle.raucb/'],
  ])('answers 404 to %s', async (_, target) => {
    const { status, headers, body } = await client.request(target, { range: 'bytes=0-3' });
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'not-found', status: 404 });
  });
});

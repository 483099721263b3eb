import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { blockBytes } from '../../../src/store/s3/block-digests';
import { S3BundleObjects } from '../../../src/store/s3/objects';
import { S3Client } from '../../../src/store/s3/s3-client';
import { withStore } from '../../../src/store/s3/s3-error';
import { sha256Of as hashOf } from '../../../src/store/s3/sha256';
import { textOf } from '../../../src/store/s3/xml';
import { describeBundleStorage, keepText, sha256Of } from '../../support/bundle-storage-contract';
import { eventually } from '../../support/eventually';
import { startGateProxy } from '../../support/gate-proxy';
import { temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { type Rgw, startRgw } from '../../support/rgw';
import { clientOf, locationOf, objectsOf, openAsServer, openS3Storage } from '../../support/s3-storage';
import { stampedBytes, stampedStream } from '../../support/stamped-bytes';

let rgw: Rgw;
beforeAll(async () => {
  rgw = await startRgw();
  await clientOf(rgw, locationOf(rgw)).send({ method: 'PUT', key: '' });
}, 180_000);

const bytesOf = (content: Buffer) => ({
  sizeBytes: content.length,
  read: (position: number, length: number) => Promise.resolve(content.subarray(position, position + length)),
});
const hexOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');

describe("bundles in Ceph's object store are a bundle storage that", () => {
  describeBundleStorage(() => openAsServer(rgw, locationOf(rgw)));

  it('serves what it stored before a restart, although the store is away then', async () => {
    const location = locationOf(rgw);
    const folder = await temporaryFolder();
    const before = await openAsServer(rgw, location, { folder });
    const sha256 = await keepText(before, 'some bytes', 'a.raucb');
    await before.close();
    const away = { ...location, endpoint: 'http://127.0.0.1:1' };
    const after = await openAsServer(rgw, away, {
      folder,
      known: [{ name: 'a.raucb', sha256, sizeBytes: 10 }],
    });
    const bytes = await after.open(sha256);
    expect((await bytes.read(5, 5)).toString()).toBe('bytes');
    await bytes.close();
  });
});

describe('an object store', () => {
  it('keeps an object in parts, whose ranges are right', async () => {
    const content = randomBytes((17 << 20) + 5);
    const objects = objectsOf(rgw);
    await objects.put(hexOf(content), bytesOf(content), { onlyIfMissing: true });
    expect(await objects.list()).toEqual([{ sha256: hexOf(content), sizeBytes: content.length }]);
    for (const [at, length] of [
      [0, 10],
      [(8 << 20) - 7, 4096],
      [content.length - 3, 3],
    ] as const)
      expect(await objects.read(hexOf(content), at, length)).toEqual(content.subarray(at, at + length));
    await expect(objects.read(hexOf(content), content.length - 3, 4)).rejects.toMatchObject({ status: 416 });
  });

  it('refuses bytes with another hash, in one piece and in parts, and keeps nothing of them', async () => {
    const objects = objectsOf(rgw);
    const content = Buffer.from('some bytes');
    const put = objects.put(sha256Of('others'), bytesOf(content), { onlyIfMissing: true });
    await expect(put).rejects.toMatchObject({ code: 'XAmzContentSHA256Mismatch' });
    expect(await objects.list()).toEqual([]);
  });

  it('lets no object be replaced by who thinks that there is none', async () => {
    const location = locationOf(rgw);
    const [client, objects] = [clientOf(rgw, location), objectsOf(rgw, location)];
    const wrong = Buffer.from('wrong bytes');
    const key = `sha256/${sha256Of('right bytes')}`;
    const bodySha256 = (await hashOf(wrong)).toString('hex');
    await client.send({ method: 'PUT', key, body: wrong, bodySha256 });
    const right = Buffer.from('right bytes');
    await objects.put(hexOf(right), bytesOf(right), { onlyIfMissing: true });
    expect(await objects.read(hexOf(right), 0, 11)).toEqual(wrong);
    await objects.put(hexOf(right), bytesOf(right), { onlyIfMissing: false });
    expect(await objects.read(hexOf(right), 0, 11)).toEqual(right);
  });

  it('keeps marks of objects apart from them', async () => {
    const objects = objectsOf(rgw);
    const [one, other] = [sha256Of('one'), sha256Of('other')];
    await objects.mark(one);
    await objects.mark(one);
    await objects.mark(other);
    await objects.unmark(other);
    await objects.unmark(other);
    expect(await objects.listMarked()).toEqual([one]);
    expect([await objects.isMarked(one), await objects.isMarked(other)]).toEqual([true, false]);
    expect(await objects.list()).toEqual([]);
  });

  it('keeps nothing of an upload in parts that fails, nor of one whose server was killed', async () => {
    const location = locationOf(rgw);
    const [client, objects] = [clientOf(rgw, location), objectsOf(rgw, location)];
    const content = randomBytes(20 << 20);
    const failing = {
      sizeBytes: content.length,
      read: (at: number, length: number) =>
        at > 0 ? Promise.reject(new Error('the disk fails')) : bytesOf(content).read(at, length),
    };
    await expect(objects.put(hexOf(content), failing, { onlyIfMissing: true })).rejects.toThrow('the disk');
    const uploads = async () => {
      const query = { uploads: '', prefix: location.prefix };
      return textOf((await client.send({ method: 'GET', key: '', query })).body.toString(), 'Upload');
    };
    expect(await uploads()).toBeUndefined();
    await client.send({ method: 'POST', key: `sha256/${hexOf(content)}`, query: { uploads: '' } });
    expect(await objects.abortUploads(new Date(Date.now() - 3_600_000))).toBe(0);
    expect(await uploads()).toBeDefined();
    expect(await objects.abortUploads(new Date(Date.now() + 3_600_000))).toBe(1);
    expect(await uploads()).toBeUndefined();
  });

  it.each([
    ['an unknown key', { accessKeyId: 'UNKNOWN' }, 'bundle-store-refuses'],
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'bundle-store-refuses'],
    ['a clock that is an hour late', { lateMs: 3_600_000 }, 'bundle-store-clock'],
    ['a bucket that does not exist', { bucket: 'no-such-bucket' }, 'bundle-store-bucket'],
    ['a port without a server', { endpoint: 'http://127.0.0.1:1' }, 'bundle-store-away'],
    ['a server that has no TLS', { endpoint: 'https' }, 'bundle-store'],
  ])('says what is wrong: %s', async (_, { lateMs = 0, bucket, endpoint, ...keys }: Wrong, code) => {
    const at = endpoint === 'https' ? rgw.endpoint.replace('http', 'https') : (endpoint ?? rgw.endpoint);
    const client = new S3Client({
      location: { ...locationOf(rgw), ...(bucket === undefined ? {} : { bucket }), endpoint: at },
      credentials: () => Promise.resolve({ ...rgw, ...keys }),
      now: () => new Date(Date.now() - lateMs),
      patienceMs: 0,
    });
    const error: unknown = await withStore(() => new S3BundleObjects(client).list()).catch(
      (why: unknown) => why,
    );
    expect(error).toMatchObject({ reason: { code: expect.stringContaining(code) as string } });
    expect(JSON.stringify(error) + String(error)).not.toContain(rgw.secretAccessKey);
    client.close();
  });
});

interface Wrong {
  readonly lateMs?: number;
  readonly bucket?: string;
  readonly endpoint?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

describe('what is read from an object store', () => {
  it('is served at once by a server that has nothing of it, and then lies on its disk', async () => {
    const objects = objectsOf(rgw);
    const content = randomBytes(40 * blockBytes + 77);
    const first = await openS3Storage({ objects });
    const staged = await first.storage.stage(Readable.from([content]), { limitBytes: 1 << 30 });
    await staged.keep('a.raucb');
    const { sha256 } = staged;
    await first.cache.forget(sha256);
    const reads = jest.spyOn(objects, 'read');
    const bytes = await first.storage.open(sha256);
    expect(await bytes.read(33 * blockBytes + 5, 4096)).toEqual(
      content.subarray(33 * blockBytes + 5).subarray(0, 4096),
    );
    await bytes.close();
    const file = await first.storage.openFile(sha256);
    expect((await file.read(0, content.length)).equals(content)).toBe(true); // toEqual would take minutes
    await file.close();
    const fetched = reads.mock.calls.reduce((sum, [, , length]) => sum + length, 0);
    expect(fetched).toBe(content.length);
  });

  it('is never what somebody else put there', async () => {
    const location = locationOf(rgw);
    const [client, objects] = [clientOf(rgw, location), objectsOf(rgw, location)];
    const { storage, cache, wrong } = await openS3Storage({ objects });
    const sha256 = await keepText(storage, 'right bytes', 'a.raucb');
    await cache.forget(sha256);
    const body = Buffer.from('wrong bytes');
    const bodySha256 = hexOf(body);
    await client.send({ method: 'PUT', key: `sha256/${sha256}`, body, bodySha256 });
    const bytes = await storage.open(sha256);
    await expect(bytes.read(0, 5)).rejects.toEqual(refusal('not-found'));
    await bytes.close();
    expect(wrong).toEqual([sha256]);
    expect(await storage.stat(sha256)).toBeUndefined();
    await keepText(storage, 'right bytes', 'a.raucb');
    const again = await storage.open(sha256);
    expect((await again.read(0, 11)).toString()).toBe('right bytes');
    await again.close();
  });
});

describe('while an object store is away for some seconds', () => {
  it('an upload in parts and a download wait, and then go on', async () => {
    const gate = await startGateProxy(rgw.port);
    const at = locationOf({ endpoint: `http://127.0.0.1:${gate.port}` });
    const { storage, cache } = await openS3Storage({ objects: objectsOf(rgw, at) });
    const sizeBytes = 24 << 20;
    const awayDuring = async (work: Promise<unknown>) => {
      gate.shut();
      const before = gate.refused;
      await eventually(() => gate.refused > before + 8);
      gate.open();
      await work;
    };
    const staged = await storage.stage(stampedStream(sizeBytes), { limitBytes: 1 << 30 });
    await awayDuring(staged.keep('a.raucb'));
    await cache.forget(staged.sha256);
    const bytes = await storage.open(staged.sha256);
    const read = bytes.read(sizeBytes - 4096, 4096);
    await awayDuring(read);
    expect((await read).equals(stampedBytes(sizeBytes - 4096, 4096))).toBe(true);
    await bytes.close();
  });
});

describe('a large bundle', () => {
  const sizeBytes = Number(process.env['S3_BUNDLE_MIB'] ?? 300) * (1 << 20);
  const growthBytes = 150 << 20;

  it('goes to the object store and comes back with little memory', async () => {
    const { storage, cache } = await openS3Storage({ objects: objectsOf(rgw), limitBytes: 2 * sizeBytes });
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    const staged = await storage.stage(stampedStream(sizeBytes), { limitBytes: sizeBytes });
    await staged.keep('a.raucb');
    await cache.forget(staged.sha256);
    const begun = performance.now();
    const bytes = await storage.open(staged.sha256);
    const middle = sizeBytes / 2 - 2048;
    expect((await bytes.read(middle, 4096)).equals(stampedBytes(middle, 4096))).toBe(true);
    const firstMs = performance.now() - begun;
    await bytes.close();
    const file = await storage.openFile(staged.sha256);
    const hash = createHash('sha256');
    for await (const piece of file.createReadStream(0, sizeBytes - 1)) hash.update(piece as Buffer);
    await file.close();
    clearInterval(watch);
    expect(hash.digest('hex')).toBe(staged.sha256);
    expect(most - before).toBeLessThan(growthBytes);
    if (process.env['S3_BUNDLE_MIB'] !== undefined)
      process.stdout.write(
        `growth ${(most - before) >> 20} MiB, first range after ${Math.round(firstMs)} ms\n`,
      );
  }, 1_800_000);
});

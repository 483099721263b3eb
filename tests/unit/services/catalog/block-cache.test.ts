import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OpenBytes } from '../../../../src/ports/bundle-storage';
import { BlockCache, blockSizeBytes } from '../../../../src/services/catalog/block-cache';

interface Opened extends OpenBytes {
  readonly bytes: Buffer;
  /** Where and how much was read of the file. */
  readonly reads: [position: number, length: number][];
}

function fileOf(sizeBytes: number, fails?: (position: number, length: number) => boolean): Opened {
  const bytes = randomBytes(sizeBytes);
  const reads: Opened['reads'] = [];
  return {
    bytes,
    reads,
    sizeBytes,
    read: async (position, length) => {
      reads.push([position, length]);
      await new Promise((resolve) => setImmediate(resolve));
      if (position + length > sizeBytes || fails?.(position, length) === true) throw new Error('short read');
      return Buffer.from(bytes.subarray(position, position + length));
    },
    createReadStream: (start, end) => Readable.from([bytes.subarray(start, end + 1)]),
    close: () => Promise.resolve(),
  };
}

const blocks = (count: number) => count * blockSizeBytes;
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

it('reads a block once, and answers from it', async () => {
  const file = fileOf(blocks(2) + 77);
  const cached = new BlockCache(blocks(8)).of(file);
  const first = await cached.read(10, 4096);
  const second = await cached.read(5000, 4096);
  expect(first.equals(file.bytes.subarray(10, 4106))).toBe(true);
  expect(second.equals(file.bytes.subarray(5000, 9096))).toBe(true);
  expect(file.reads).toEqual([[0, blockSizeBytes]]);
  expect(await cached.read(blocks(2), 77)).toEqual(file.bytes.subarray(blocks(2)));
});

it('reads a cold block once for all who want it at the same time', async () => {
  const file = fileOf(blocks(2));
  const cached = new BlockCache(blocks(8)).of(file);
  const read = await Promise.all(Array.from({ length: 64 }, (_, at) => cached.read(at * 2048, 4096)));
  expect(file.reads).toHaveLength(2); // the last one ends in the next block
  expect(read.every((bytes, at) => bytes.equals(file.bytes.subarray(at * 2048, at * 2048 + 4096)))).toBe(
    true,
  );
});

it('gives each reader bytes of its own', async () => {
  const file = fileOf(blocks(1));
  const cached = new BlockCache(blocks(1)).of(file);
  (await cached.read(0, 4096)).fill(0);
  (await cached.read(0, 4096)).fill(0);
  expect((await cached.read(0, 4096)).equals(file.bytes.subarray(0, 4096))).toBe(true);
});

it('never holds more than its limit, and stays exact when blocks go all the time', async () => {
  const cache = new BlockCache(blocks(3));
  const files = [fileOf(blocks(5) + 1), fileOf(blocks(4) + 4097)];
  const opened = files.map((file) => ({ file, cached: cache.of(file) }));
  await Promise.all(
    Array.from({ length: 500 }, async () => {
      const { file, cached } = opened[randomInt(2)] as (typeof opened)[0];
      const start = randomInt(file.sizeBytes);
      const length = Math.min(1 + randomInt(blockSizeBytes), file.sizeBytes - start);
      const read = await cached.read(start, length);
      expect(hash(read)).toBe(hash(file.bytes.subarray(start, start + length)));
      expect(cache.size).toBeLessThanOrEqual(3);
    }),
  );
  for (let round = 0; round < 500; round += 1) {
    const { file, cached } = opened[round % 2] as (typeof opened)[0];
    const start = randomInt(file.sizeBytes - 4096);
    expect(hash(await cached.read(start, 4096))).toBe(hash(file.bytes.subarray(start, start + 4096)));
  }
  expect(cache.size).toBe(3);
});

it('keeps what was read again, however much is read once and in order', async () => {
  const cache = new BlockCache(blocks(4));
  const popular = fileOf(blocks(1));
  const cachedPopular = cache.of(popular);
  await cachedPopular.read(0, 4096);
  await cachedPopular.read(0, 4096);
  const large = fileOf(blocks(20));
  const cachedLarge = cache.of(large);
  for (let at = 0; at < large.sizeBytes; at += 32_768) await cachedLarge.read(at, 32_768);
  expect(large.reads).toHaveLength(20);
  await cachedPopular.read(8192, 4096);
  expect(popular.reads).toHaveLength(1);
});

it('remembers no failed read, and reads what was asked for when the rest of its block is lost', async () => {
  let isBroken = true;
  const file = fileOf(blocks(1), (position, length) => isBroken && position + length > 65_536);
  const cache = new BlockCache(blocks(4));
  const cached = cache.of(file);
  expect((await cached.read(0, 4096)).equals(file.bytes.subarray(0, 4096))).toBe(true);
  await expect(cached.read(65_536, 4096)).rejects.toThrow('short read');
  expect(cache.size).toBe(0);
  isBroken = false;
  expect((await cached.read(65_536, 4096)).equals(file.bytes.subarray(65_536, 69_632))).toBe(true);
  expect(cache.size).toBe(1);
});

it('rejects what lies behind the end', async () => {
  const cached = new BlockCache(blocks(4)).of(fileOf(5000));
  await cached.read(0, 5000);
  await expect(cached.read(4990, 11)).rejects.toThrow('short read');
});

it('forgets a file that is closed, also what is being read, so that one that replaces it begins with nothing', async () => {
  const cache = new BlockCache(blocks(4));
  const old = fileOf(blocks(2));
  const cachedOld = cache.of(old);
  await cachedOld.read(0, 10);
  const late = cachedOld.read(blockSizeBytes, 10);
  await cachedOld.close();
  expect((await late).equals(old.bytes.subarray(blockSizeBytes, blockSizeBytes + 10))).toBe(true);
  expect(cache.size).toBe(0);
  const next = fileOf(blocks(2));
  expect((await cache.of(next).read(0, 10)).equals(next.bytes.subarray(0, 10))).toBe(true);
});

it('does not read whole blocks without bound for a crowd of cold reads', async () => {
  const file = fileOf(blocks(100));
  const cached = new BlockCache(blocks(100)).of(file);
  await Promise.all(Array.from({ length: 100 }, (_, index) => cached.read(index * blockSizeBytes, 512)));
  expect(file.reads.filter(([, length]) => length === blockSizeBytes)).toHaveLength(32);
  expect(file.reads.filter(([, length]) => length === 512)).toHaveLength(68);
});

it('leaves pieces that are larger than a block, and a cache of no size, to the file', async () => {
  const file = fileOf(blocks(4));
  const cache = new BlockCache(blocks(4));
  expect((await cache.of(file).read(0, blocks(2))).equals(file.bytes.subarray(0, blocks(2)))).toBe(true);
  expect(cache.size).toBe(0);
  expect(new BlockCache(0).of(file)).toBe(file);
});

import { createHash, randomBytes, randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import type { OpenBytes } from '../../../../src/ports/bundle-storage';
import { BlockCache } from '../../../../src/services/catalog/block-cache';
import { blockSizeBytes } from '../../../../src/services/catalog/block-store';
import { eventually } from '../../../support/eventually';

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
const order = (first: number, count: number, place: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => first + place(at));
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

it.each<[string, (first: number, count: number) => number[]]>([
  ['in the order of many requests at once', (first, count) => order(first, count, (at) => at ^ 3)],
  ['backwards', (first, count) => order(first, count, (at) => count - 1 - at)],
])('keeps what was read again, however much is read once %s', async (_, pagesOf) => {
  const cache = new BlockCache(blocks(4));
  const popular = fileOf(blocks(1));
  const cachedPopular = cache.of(popular);
  await cachedPopular.read(0, 4096);
  await cachedPopular.read(0, 4096);
  const large = fileOf(blocks(20));
  const cachedLarge = cache.of(large);
  for (const page of pagesOf(0, 20 * 32)) await cachedLarge.read(page * 4096, 4096);
  await cachedPopular.read(8192, 4096);
  expect(popular.reads).toHaveLength(1);
});

it('keeps what was read again when bytes of all sizes are read once and in order', async () => {
  const cache = new BlockCache(blocks(4));
  const popular = fileOf(blocks(1));
  const cachedPopular = cache.of(popular);
  await cachedPopular.read(0, 4096);
  await cachedPopular.read(0, 4096);
  const large = fileOf(blocks(20));
  const cachedLarge = cache.of(large);
  for (let at = 0; at < large.sizeBytes;) {
    const length = Math.min(1 + randomInt(30_000), large.sizeBytes - at);
    await cachedLarge.read(at, length);
    at += length;
  }
  await cachedPopular.read(8192, 4096);
  expect(popular.reads).toHaveLength(1);
});

it('reads what is in memory at once, and nothing else', async () => {
  const file = fileOf(blocks(3));
  const cached = new BlockCache(blocks(4)).of(file);
  expect(cached.readNow(0, 4096)).toBeUndefined();
  await cached.read(0, 4096);
  expect(cached.readNow(8192, 4096)).toEqual(file.bytes.subarray(8192, 12_288));
  expect(cached.readNow(blockSizeBytes - 10, 20)).toBeUndefined(); // ends in the next block
  await cached.read(blockSizeBytes, 1);
  expect(cached.readNow(blockSizeBytes - 10, 20)).toEqual(
    file.bytes.subarray(blockSizeBytes - 10, blockSizeBytes + 10),
  );
  expect(cached.readNow(blocks(3) - 4, 5)).toBeUndefined();
  await cached.close();
  expect(cached.readNow(0, 4096)).toBeUndefined();
});

it('counts reads by where their bytes were, and blocks that others pushed out', async () => {
  const cache = new BlockCache(blocks(2));
  const cached = cache.of(fileOf(blocks(3)));
  await cached.read(0, 4096);
  await cached.read(4096, 4096);
  cached.readNow(0, 4096);
  expect(cache.counts()).toEqual({ hits: 2, misses: 1, evictions: 0, bytes: blocks(1) });
  await cached.read(blocks(1), 1);
  await cached.read(blocks(2), 1);
  expect(cache.counts()).toEqual({ hits: 2, misses: 3, evictions: 1, bytes: blocks(2) });
  await cached.close();
  expect(cache.counts()).toMatchObject({ evictions: 1, bytes: 0 });
});

describe('reading ahead', () => {
  it('fetches the next two blocks, so that who goes on waits for nothing', async () => {
    const file = fileOf(blocks(10));
    const cache = new BlockCache(blocks(64));
    const cached = cache.of(file);
    cached.readAhead(blocks(2) - 4096);
    await eventually(() => cache.size === 2);
    expect(file.reads.map(([position]) => position)).toEqual([blocks(2), blocks(3)]);
    expect(cached.readNow(blocks(2), blockSizeBytes)).toEqual(file.bytes.subarray(blocks(2), blocks(3)));
    cached.readAhead(blocks(2));
    expect(file.reads).toHaveLength(2); // they are there
  });

  it('is shared with who asks for the same block meanwhile', async () => {
    const file = fileOf(blocks(4));
    const cached = new BlockCache(blocks(64)).of(file);
    cached.readAhead(0);
    expect((await cached.read(5, 10)).equals(file.bytes.subarray(5, 15))).toBe(true);
    expect(file.reads).toHaveLength(2);
  });

  it('ends with the file, and leaves what fails to who asks for it', async () => {
    const file = fileOf(blocks(3), (position) => position === blocks(1));
    const cache = new BlockCache(blocks(64));
    const cached = cache.of(file);
    cached.readAhead(blocks(1));
    await eventually(() => cache.size === 1);
    await expect(cached.read(blocks(1), 10)).rejects.toThrow('short read');
    cached.readAhead(blocks(3)); // its end
    await cached.close();
    cached.readAhead(0);
    expect(file.reads).toHaveLength(4); // two ahead, and two tries of the one that fails
  });

  it('takes an eighth of the cache at most, and eight reads at once', async () => {
    const file = fileOf(blocks(100));
    const small = new BlockCache(blocks(32));
    const cachedSmall = small.of(file);
    for (let index = 0; index < 100; index += 10) cachedSmall.readAhead(blocks(index));
    await eventually(() => small.size === 4);
    cachedSmall.readAhead(blocks(90));
    expect(file.reads).toHaveLength(4);
    cachedSmall.readNow(0, 10); // one is asked for, which makes room
    cachedSmall.readAhead(blocks(90));
    expect(file.reads).toHaveLength(5);

    const large = fileOf(blocks(100));
    const cachedLarge = new BlockCache(blocks(800)).of(large);
    for (let index = 0; index < 100; index += 10) cachedLarge.readAhead(blocks(index));
    expect(large.reads).toHaveLength(8);
  });

  it('does nothing in a cache of a few blocks', () => {
    const file = fileOf(blocks(10));
    new BlockCache(blocks(4)).of(file).readAhead(0);
    expect(file.reads).toEqual([]);
  });
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

it('reads into memory of its reader, from a block, a file or both', async () => {
  const file = fileOf(blocks(3));
  const cached = new BlockCache(blocks(4)).of(file);
  const memory = Buffer.alloc(blockSizeBytes);
  const at = blocks(1) - 100;
  const expected = file.bytes.subarray(at, at + 4096);
  for (const read of [cached.read.bind(cached), cached.readNow.bind(cached)]) {
    const bytes = await read(at, 4096, memory);
    expect(bytes?.buffer).toBe(memory.buffer);
    expect(bytes?.equals(expected)).toBe(true);
    memory.fill(0);
  }
});

it('touches memory of its reader no more once a read is over, though one of its blocks failed first', async () => {
  let finish = (): void => undefined;
  const late = new Promise<void>((resolve) => (finish = resolve));
  const file = fileOf(blocks(2), (position, length) => position === 0 && length === blockSizeBytes);
  const read = async (position: number, length: number) => {
    if (position === blocks(1)) await late; // long after the first block failed
    return file.read(position, length);
  };
  const cached = new BlockCache(blocks(4)).of({ ...file, read });
  const memory = Buffer.alloc(200);
  const reading = cached.read(blocks(1) - 100, 200, memory);
  setImmediate(() => setImmediate(() => setImmediate(finish)));
  await reading;
  memory.fill(0);
  await cached.read(blocks(1), 1); // the second block is there
  expect(memory.every((byte) => byte === 0)).toBe(true);
});

it('reads cold blocks into the memory of the cache, and only blocks that were read once go for them', async () => {
  const memories: (Buffer | undefined)[] = [];
  const file = fileOf(blocks(8));
  const read = (position: number, length: number, memory?: Buffer) => {
    memories.push(memory);
    return file.read(position, length).then((bytes) => {
      if (memory === undefined) return bytes;
      bytes.copy(memory);
      return memory.subarray(0, length);
    });
  };
  const cached = new BlockCache(blocks(2)).of({ ...file, read });
  for (const at of [0, 0, blocks(1)]) await cached.read(at, 4096);
  const cold = [2, 3, 4, 5].map((index) => blocks(index));
  const together = await Promise.all(cold.map((at) => cached.read(at, 4096)));
  for (const [index, bytes] of together.entries())
    expect(bytes.equals(file.bytes.subarray(blocks(index + 2), blocks(index + 2) + 4096))).toBe(true);
  expect(memories.map((memory) => memory === undefined)).toEqual([false, false, false, true, true, true]);
  expect(new Set(memories.slice(1, 3).map((memory) => memory?.byteOffset)).size).toBe(1);
  expect(cached.readNow(0, 4096)?.equals(file.bytes.subarray(0, 4096))).toBe(true);
});

it('keeps its place for others when a block cannot be read', async () => {
  const file = fileOf(blocks(4), (position) => position < blocks(3));
  const cache = new BlockCache(blocks(1));
  const cached = cache.of(file);
  for (const index of [0, 1, 2]) await expect(cached.read(blocks(index), 10)).rejects.toThrow('short read');
  await cached.read(blocks(3), 10);
  expect(cached.readNow(blocks(3), 10)).toEqual(file.bytes.subarray(blocks(3), blocks(3) + 10));
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
  const uncached = new BlockCache(0).of(file);
  expect((await uncached.read(0, 10)).equals(file.bytes.subarray(0, 10))).toBe(true);
  expect(uncached.readNow(0, 10)).toBeUndefined();
  uncached.readAhead(0);
  expect(file.reads).toEqual([
    [0, blocks(2)],
    [0, 10],
  ]);
});

import { createHash } from 'node:crypto';
import { type BundleSource, bufferSource } from '../../../src/rauc/source';
import { verifyVerity } from '../../../src/rauc/verity';

const blockSize = 4096;
const salt = Buffer.alloc(32, 7);
const hashOf = (block: Buffer) => createHash('sha256').update(salt).update(block).digest();

function blocksOf(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / blockSize }, (_, index) =>
    bytes.subarray(index * blockSize, (index + 1) * blockSize),
  );
}

/** The hash tree over blocks as dm-verity lays it out: the top first. */
function treeOver(data: Buffer): { tree: Buffer; hash: string } {
  const levels: Buffer[] = [];
  let below = data;
  do {
    const digests = Buffer.concat(blocksOf(below).map(hashOf));
    below = Buffer.concat([digests], Math.ceil(digests.length / blockSize) * blockSize);
    levels.unshift(below);
  } while (below.length > blockSize);
  return { tree: Buffer.concat(levels), hash: hashOf(below).toString('hex') };
}

/** Data in which no two blocks are alike. */
function dataOf(blocks: number): Buffer {
  const data = Buffer.alloc(blocks * blockSize);
  for (let index = 0; index < blocks; index += 1) data.writeUInt32LE(index + 1, index * blockSize);
  return data;
}

function payloadOf(blocks: number) {
  const data = dataOf(blocks);
  const { tree, hash } = treeOver(data);
  return { payload: Buffer.concat([data, tree]), hash, treeSize: tree.length };
}

const verify = (payload: Buffer, hash: string, sizeBytes: number) =>
  verifyVerity(bufferSource(payload), payload.length, { hash, salt: salt.toString('hex'), sizeBytes });

describe('a hash tree', () => {
  it.each([
    [2, 1],
    [128, 1],
    [129, 3],
    [256, 3],
    [257, 4],
    [385, 5],
  ])('over %d blocks has %d of its own', async (blocks, treeBlocks) => {
    const { payload, hash, treeSize } = payloadOf(blocks);
    expect(treeSize).toBe(treeBlocks * blockSize);
    await expect(verify(payload, hash, treeSize)).resolves.toBeUndefined();
  });

  describe('of two levels', () => {
    const { payload, hash, treeSize } = payloadOf(385);
    const tree = payload.length - treeSize;

    it.each([
      ['the first block', 0, 0],
      ['the last byte of a read', 256 * blockSize - 1, 255 * blockSize],
      ['the first block of the next read', 256 * blockSize, 256 * blockSize],
      ['the last block', tree - 1, tree - blockSize],
    ])('tells where the data is damaged: %s', async (_, at, told) => {
      const damaged = Buffer.from(payload);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      await expect(verify(damaged, hash, treeSize)).rejects.toMatchObject({
        code: 'payload-damaged',
        message: `the 4096 bytes at ${told} do not match the hash tree`,
      });
    });

    it.each([
      ['behind the digests of the last level', tree + 4 * blockSize + 32, /bytes beyond its digests/],
      ['at the end of the last level', payload.length - 1, /bytes beyond its digests/],
      ['behind the digests of the top', tree + 4 * 32, /bytes beyond its digests/],
      ['at a digest of the top', tree, /4096 bytes at \d+ do not match/],
    ])('has no bit of its own that may change: %s', async (_, at, message) => {
      const damaged = Buffer.from(payload);
      damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
      await expect(verify(damaged, hash, treeSize)).rejects.toMatchObject({
        code: 'payload-damaged',
        message: expect.stringMatching(message) as string,
      });
    });

    it('has the root that the manifest names', async () => {
      await expect(verify(payload, '0'.repeat(64), treeSize)).rejects.toMatchObject({
        code: 'payload-damaged',
        message: expect.stringContaining('is not the verity-hash') as string,
      });
    });

    it('may have its root in capital letters, and be read into the same memory again and again', async () => {
      const source: BundleSource = {
        sizeBytes: payload.length,
        read(position, length, memory = Buffer.alloc(length)) {
          payload.copy(memory, 0, position, position + length);
          return Promise.resolve(memory.subarray(0, length));
        },
      };
      const verity = { hash: hash.toUpperCase(), salt: salt.toString('hex'), sizeBytes: treeSize };
      await expect(verifyVerity(source, payload.length, verity)).resolves.toBeUndefined();
    });

    it.each([treeSize - blockSize, treeSize + blockSize])('does not have %d bytes', async (size) => {
      await expect(verify(payload, hash, size)).rejects.toMatchObject({
        code: 'verity-size',
        message: expect.stringContaining(`the hash tree has ${size} bytes`) as string,
      });
    });
  });

  it.each([
    ['none', 3 * blockSize, 0],
    ['less than none', 3 * blockSize, -blockSize],
    ['half a block more', 4 * blockSize, blockSize * 1.5],
    ['data of half a block more', 3.5 * blockSize, blockSize],
    ['data of one block', 2 * blockSize, blockSize],
    ['no data', blockSize, blockSize],
  ])('cannot be: %s', async (_, payloadSize, size) => {
    await expect(verify(Buffer.alloc(payloadSize), '0'.repeat(64), size)).rejects.toMatchObject({
      code: 'verity-size',
      message: `a hash tree of ${size} bytes does not fit a payload of ${payloadSize}`,
    });
  });
});

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { sign } from './bundle-surgery';
import { temporaryFolder } from './programs';
import type { Signer } from './test-pki';

const blockSize = 4096;
const digestSize = 32;
const digestsPerBlock = blockSize / digestSize;
const salt = Buffer.alloc(digestSize, 7);
const hashBlock = (block: Buffer) => createHash('sha256').update(salt).update(block).digest();

/** One level of the hash tree: identical blocks, and a different one at the end. */
interface Level {
  readonly blocks: number;
  readonly alike: Buffer;
  readonly last: Buffer;
}

/**
 * Makes a valid `verity` bundle of any size quickly: its data are zeros, which take no space on the disk, so all hash blocks of a level but
 * the last are identical.
 * @returns its path
 */
export async function makeHugeBundle(dataSizeBytes: number, signer: Signer): Promise<string> {
  const levels = hashTree(dataSizeBytes / blockSize);
  const root = levels[0];
  if (root === undefined) throw new Error('a tree has a root');
  const tree = Buffer.concat(
    levels.flatMap(({ blocks, alike, last }) => [...Array<Buffer>(blocks - 1).fill(alike), last]),
  );
  const manifest = [
    '[update]\ncompatible=big-board\nversion=1.0.0\n',
    '[bundle]\nformat=verity',
    `verity-hash=${hashBlock(root.last).toString('hex')}`,
    `verity-salt=${salt.toString('hex')}`,
    `verity-size=${tree.length}\n`,
    `[image.rootfs]\nfilename=rootfs.img\nsha256=${'0'.repeat(64)}\nsize=1\n`,
  ].join('\n');
  const cms = await sign(manifest, signer);
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64BE(BigInt(cms.length));
  const file = path.join(await temporaryFolder(), 'huge.raucb');
  const handle = await open(file, 'w');
  await handle.write(Buffer.concat([tree, cms, trailer]), 0, null, dataSizeBytes);
  await handle.close();
  return file;
}

/** Top level first, the order on disk. */
function hashTree(dataBlocks: number): Level[] {
  const levels: Level[] = [];
  let count = dataBlocks;
  let [alike, last] = [hashBlock(Buffer.alloc(blockSize)), hashBlock(Buffer.alloc(blockSize))];
  do {
    const blocks = Math.ceil(count / digestsPerBlock);
    const inLast = count - (blocks - 1) * digestsPerBlock;
    const level: Level = {
      blocks,
      alike: Buffer.concat(Array<Buffer>(digestsPerBlock).fill(alike)),
      last: Buffer.concat([...Array<Buffer>(inLast - 1).fill(alike), last], blockSize),
    };
    levels.unshift(level);
    count = blocks;
    [alike, last] = [hashBlock(level.alike), hashBlock(level.last)];
  } while (count > 1);
  return levels;
}

import { circumstance } from '../core/circumstances/catalogue';
import { createHash } from 'node:crypto';
import * as crypto from 'node:crypto';
import { BrokenBundle } from './broken';
import type { BundleSource } from './source';

/** The dm-verity parameters of a manifest: SHA-256, 4096-byte blocks, salt before the block. */
export interface VerityParameters {
  /** Root hash, 64 hex digits. */
  readonly hash: string;
  /** 64 hex digits. */
  readonly salt: string;
  /** Size of the hash tree after the data. */
  readonly sizeBytes: number;
}

const blockSize = 4096;
const digestSize = 32;
const digestsPerBlock = blockSize / digestSize;
/** One read hashes at most this many blocks, which blocks the event loop for about a millisecond. */
const blocksPerRead = digestsPerBlock * 2;
/** Buffers for reading blocks and their digests; new ones for each read would cost more than the hashing. */
const memorySizes = {
  blocks: blocksPerRead * blockSize,
  digests: (blocksPerRead / digestsPerBlock) * blockSize,
};

interface Level {
  /** Where its hash blocks are in the file. */
  readonly position: number;
  readonly blocks: number;
}

/**
 * Verifies the hash tree over the whole payload as dm-verity (format 1, no superblock) does on the device: each level
 * as stored, its zero padding, and the root. Memory does not grow with the payload.
 * @throws BrokenBundle `verity-size` for impossible sizes, `payload-damaged` for a block that does not match
 */
export async function verifyVerity(
  source: BundleSource,
  payloadSizeBytes: number,
  verity: VerityParameters,
): Promise<void> {
  const dataSize = payloadSizeBytes - verity.sizeBytes;
  if (
    verity.sizeBytes <= 0 ||
    verity.sizeBytes % blockSize !== 0 ||
    dataSize <= blockSize || // a tree over one block has no levels: the root is the block's own hash
    dataSize % blockSize !== 0
  ) {
    throw new BrokenBundle(
      'verity-size',
      circumstance('verity-size-impossible', { sizeBytes: verity.sizeBytes, payloadBytes: payloadSizeBytes }),
    );
  }
  const dataBlocks = dataSize / blockSize;
  const levels = layOut(dataBlocks, dataSize, verity.sizeBytes);
  const hashBlock = saltedHash(Buffer.from(verity.salt, 'hex'));

  let below: Level = { position: 0, blocks: dataBlocks };
  for (const level of levels) {
    await verifyLevel(source, below, level, hashBlock);
    below = level;
  }
  const root = hashBlock(await source.read(below.position, blockSize));
  if (root !== verity.hash.toLowerCase()) {
    throw new BrokenBundle('payload-damaged', circumstance('verity-root-wrong'));
  }
}

/** Leaf level first; on disk the top level comes first. */
function layOut(dataBlocks: number, dataSize: number, treeSize: number): Level[] {
  const counts: number[] = [];
  let blocks = dataBlocks;
  do {
    blocks = Math.ceil(blocks / digestsPerBlock);
    counts.push(blocks);
  } while (blocks > 1);
  const total = counts.reduce((sum, count) => sum + count, 0) * blockSize;
  if (total !== treeSize) {
    throw new BrokenBundle(
      'verity-size',
      circumstance('verity-size-wrong', { sizeBytes: treeSize, neededBytes: total }),
    );
  }
  let position = dataSize + treeSize;
  return counts.map((count) => {
    position -= count * blockSize;
    return { position, blocks: count };
  });
}

async function verifyLevel(
  source: BundleSource,
  below: Level,
  level: Level,
  hashBlock: HashBlock,
): Promise<void> {
  const memory = {
    blocks: Buffer.allocUnsafe(memorySizes.blocks),
    digests: Buffer.allocUnsafe(memorySizes.digests),
  };
  for (let first = 0; first < below.blocks; first += blocksPerRead) {
    const count = Math.min(blocksPerRead, below.blocks - first);
    const hashBlocks = Math.ceil(count / digestsPerBlock);
    const blocks = await source.read(below.position + first * blockSize, count * blockSize, memory.blocks);
    const stored = await source.read(
      level.position + (first / digestsPerBlock) * blockSize,
      hashBlocks * blockSize,
      memory.digests,
    );
    for (let i = 0; i < count; i++) {
      const digest = hashBlock(blocks.subarray(i * blockSize, (i + 1) * blockSize));
      if (digest !== digestAt(stored, i)) {
        const position = below.position + (first + i) * blockSize;
        throw new BrokenBundle('payload-damaged', circumstance('block-damaged', { position }));
      }
    }
    if (stored.subarray(count * digestSize).some((byte) => byte !== 0)) {
      throw new BrokenBundle('payload-damaged', circumstance('verity-padded'));
    }
  }
}

/** Returns the digest in lower-case hex, which costs less to make and to compare than a buffer. */
type HashBlock = (block: Uint8Array) => string;

function digestAt(stored: Buffer, index: number): string {
  return stored.toString('hex', index * digestSize, (index + 1) * digestSize);
}

/** SHA-256 of the salt and one block. One-shot hashing (Node 20.12) is three times as fast as a Hash object. */
function saltedHash(salt: Buffer): HashBlock {
  const input = Buffer.alloc(salt.length + blockSize);
  salt.copy(input);
  return (block) => {
    input.set(block, salt.length); // several times as fast as Buffer.copy
    return typeof crypto.hash === 'function'
      ? crypto.hash('sha256', input, 'hex')
      : createHash('sha256').update(input).digest('hex');
  };
}

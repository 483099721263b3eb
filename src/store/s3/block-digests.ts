import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OpenBytes } from '../../ports/bundle-storage';
import { sha256Of } from './sha256';

/** The unit of verification, and so the least that is fetched, in bytes. */
export const blockBytes = 1 << 20;
/** What is fetched at once where everything is needed, in bytes. */
export const runBytes = 8 * blockBytes;

/** The length of one digest. */
export const digestBytes = 32;
/** What the event loop hashes without a pause, in bytes. */
const turnBytes = 1 << 18;

/** The SHA-256 of each block of a bundle. */
export class BlockDigests {
  constructor(
    readonly sizeBytes: number,
    /** 32 bytes for each block. */
    readonly bytes: Buffer,
  ) {
    if (bytes.length !== blocksOf(sizeBytes) * digestBytes) throw new Error('too many or too few digests');
  }

  get count(): number {
    return blocksOf(this.sizeBytes);
  }

  /** Length of a block: the last one may be shorter. */
  lengthOf(index: number): number {
    return Math.min(blockBytes, this.sizeBytes - index * blockBytes);
  }

  async matches(index: number, block: Uint8Array): Promise<boolean> {
    const digest = this.bytes.subarray(index * digestBytes, (index + 1) * digestBytes);
    return (await sha256Of(block)).equals(digest);
  }
}

/** Keeps digests by the SHA-256 of the whole bundle. */
export interface DigestRecords {
  find(sha256: string, sizeBytes: number): Promise<BlockDigests | undefined>;
  save(sha256: string, digests: BlockDigests): Promise<void>;
  remove(sha256: string): Promise<void>;
}

export function blocksOf(sizeBytes: number): number {
  return Math.ceil(sizeBytes / blockBytes);
}

/** Hashes each block of bytes that are known to be right. */
export async function digestBlocks({
  sizeBytes,
  read,
}: Pick<OpenBytes, 'sizeBytes' | 'read'>): Promise<BlockDigests> {
  const digests: Buffer[] = [];
  for (let at = 0; at < sizeBytes; at += blockBytes)
    digests.push(await sha256Of(await read(at, Math.min(blockBytes, sizeBytes - at))));
  return new BlockDigests(sizeBytes, Buffer.concat(digests));
}

/**
 * Hashes each block of an object whose only known hash is that of the whole, and so reads all of it.
 * @returns `undefined` if the whole has another hash
 */
export async function digestUnverified(
  sha256: string,
  { sizeBytes, read }: Pick<OpenBytes, 'sizeBytes' | 'read'>,
): Promise<BlockDigests | undefined> {
  const whole = createHash('sha256');
  const digests: Buffer[] = [];
  for (let at = 0; at < sizeBytes; at += runBytes) {
    const run = await read(at, Math.min(runBytes, sizeBytes - at));
    for (let from = 0; from < run.length; from += blockBytes)
      digests.push(await sha256Of(run.subarray(from, from + blockBytes)));
    for (let from = 0; from < run.length; from += turnBytes) {
      whole.update(run.subarray(from, from + turnBytes));
      await nextTurn();
    }
  }
  return whole.digest('hex') === sha256 ? new BlockDigests(sizeBytes, Buffer.concat(digests)) : undefined;
}

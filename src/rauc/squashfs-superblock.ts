import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { BrokenBundle } from './broken';

/** "hsqs". */
const magic = 0x7371_7368;
export const superblockSizeBytes = 96;
const none = 0xffff_ffff_ffff_ffffn;

/** Where the parts of an image are (Linux `Documentation/filesystems/squashfs.rst`, section 2). */
export interface Superblock {
  readonly blockSize: number;
  readonly rootInode: bigint;
  readonly bytesUsed: number;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number;
  readonly fragmentCount: number;
}

/** Whether the bytes begin like a squashfs image. */
export function hasMagic(header: Buffer): boolean {
  return header.readUInt32LE(0) === magic;
}

/** @throws BrokenBundle `squashfs` */
export function parseSuperblock(header: Buffer, payloadSizeBytes: number): Superblock {
  if (!hasMagic(header)) throw bad(circumstance('squashfs-without-magic'));
  if (header.readUInt16LE(28) !== 4 || header.readUInt16LE(30) !== 0)
    throw bad(circumstance('squashfs-of-other-version'));
  const blockSize = header.readUInt32LE(12);
  const blockLog = header.readUInt16LE(22);
  if (blockLog < 12 || blockLog > 20 || blockSize !== 1 << blockLog)
    throw bad(circumstance('block-size-impossible'));
  const bytesUsed = offset(header.readBigUInt64LE(40), payloadSizeBytes + 1);
  const table = (position: number) => offset(header.readBigUInt64LE(position), bytesUsed);
  const fragmentCount = header.readUInt32LE(16);
  return {
    blockSize,
    rootInode: header.readBigUInt64LE(32),
    bytesUsed,
    inodeTable: table(64),
    directoryTable: table(72),
    fragmentTable: header.readBigUInt64LE(80) === none ? 0 : table(80),
    fragmentCount,
  };
}

/** An offset in the image, or in the part in use. @throws BrokenBundle `squashfs` */
export function offset(value: bigint, limit: number): number {
  if (value >= BigInt(limit)) throw bad(circumstance('offset-outside'));
  return Number(value);
}

export function bad(why: Circumstance): BrokenBundle {
  return new BrokenBundle('squashfs', circumstance('squashfs-unsound', { why }));
}

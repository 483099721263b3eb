import { bufferSource } from '../../src/rauc/source';
import { openSquashfs, type SquashfsReader } from '../../src/rauc/squashfs';
import { superblockSizeBytes } from '../../src/rauc/squashfs-superblock';

/** The parts of a squashfs 4.0 image. Inodes and listings are bytes, so that a test can make any of them invalid. */
export interface SquashfsParts {
  /** The root's inode comes first. */
  readonly inodes: readonly Buffer[];
  /** Of the root. */
  readonly listing: Buffer;
  /** After the superblock: blocks of files and fragments. */
  readonly data?: Buffer;
  readonly fragments?: readonly { readonly position: number; readonly word: number }[];
  readonly blockSize?: number;
  /** Replaces the tables that follow from the above. */
  readonly inodeTable?: Buffer;
  readonly directoryTable?: Buffer;
}

/** Marks a block as stored uncompressed. */
export const rawBlock = 0x100_0000;
export const noFragment = 0xffff_ffff;
/** Where data begins. */
export const dataAt = superblockSizeBytes;
const metadataBlockSize = 8192;

/** A metadata block, stored uncompressed. */
export function metadataBlock(content: Buffer, sizeWord = content.length | 0x8000): Buffer {
  const header = Buffer.alloc(2);
  header.writeUInt16LE(sizeWord);
  return Buffer.concat([header, content]);
}

/** A table: full blocks, and one with the rest. */
export function metadataTable(content: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += metadataBlockSize)
    blocks.push(metadataBlock(content.subarray(at, at + metadataBlockSize)));
  return Buffer.concat(blocks);
}

/** The offset of each inode in the table, without the headers of blocks. All are in the first block. */
export function offsetsOf(inodes: readonly Buffer[]): number[] {
  let at = 0;
  return inodes.map((inode) => {
    at += inode.length;
    return at - inode.length;
  });
}

export function squashfsImage(parts: SquashfsParts): Buffer {
  const { inodes, listing, data = Buffer.alloc(0), fragments = [], blockSize = 4096 } = parts;
  const inodeTable = parts.inodeTable ?? metadataTable(Buffer.concat(inodes));
  const directoryTable = parts.directoryTable ?? metadataTable(listing);
  const entries = Buffer.alloc(fragments.length * 16);
  for (const [index, { position, word }] of fragments.entries()) {
    entries.writeBigUInt64LE(BigInt(position), index * 16);
    entries.writeUInt32LE(word, index * 16 + 8);
  }
  const inodesAt = dataAt + data.length;
  const directoriesAt = inodesAt + inodeTable.length;
  const entriesAt = directoriesAt + directoryTable.length;
  const fragmentTable = metadataTable(entries);
  const lookup = Buffer.alloc(8 * Math.ceil(fragments.length / 512));
  for (let at = 0; at < lookup.length; at += 8)
    lookup.writeBigUInt64LE(BigInt(entriesAt + (at / 8) * (metadataBlockSize + 2)), at);

  const superblock = Buffer.alloc(superblockSizeBytes);
  superblock.write('hsqs');
  superblock.writeUInt32LE(blockSize, 12);
  superblock.writeUInt32LE(fragments.length, 16);
  superblock.writeUInt16LE(1, 20); // gzip
  superblock.writeUInt16LE(Math.log2(blockSize), 22);
  superblock.writeUInt16LE(4, 28);
  superblock.writeBigUInt64LE(BigInt(inodesAt), 64);
  superblock.writeBigUInt64LE(BigInt(directoriesAt), 72);
  superblock.fill(0xff, 80, 88);
  if (fragments.length > 0) superblock.writeBigUInt64LE(BigInt(entriesAt + fragmentTable.length), 80);
  const image = Buffer.concat([superblock, data, inodeTable, directoryTable, fragmentTable, lookup]);
  image.writeBigUInt64LE(BigInt(image.length), 40);
  return image;
}

/** @param sizeBytes of its listing, plus three, as squashfs counts */
export function directoryInode(sizeBytes: number, isExtended = false): Buffer {
  const inode = Buffer.alloc(isExtended ? 40 : 32);
  inode.writeUInt16LE(isExtended ? 8 : 1, 0);
  if (isExtended) inode.writeUInt32LE(sizeBytes, 20);
  else inode.writeUInt16LE(sizeBytes, 24);
  return inode;
}

export interface FileParts {
  readonly sizeBytes: number;
  /** Of its first block. */
  readonly position?: number;
  readonly fragment?: number;
  readonly fragmentOffset?: number;
  /** The sizes of its blocks. */
  readonly words?: readonly number[];
}

export function fileInode(file: FileParts, isExtended = false): Buffer {
  const { sizeBytes, position = dataAt, fragment = noFragment, fragmentOffset = 0, words = [] } = file;
  const head = Buffer.alloc(isExtended ? 56 : 32);
  head.writeUInt16LE(isExtended ? 9 : 2, 0);
  if (isExtended) {
    head.writeBigUInt64LE(BigInt(position), 16);
    head.writeBigUInt64LE(BigInt(sizeBytes), 24);
  } else {
    head.writeUInt32LE(position, 16);
    head.writeUInt32LE(sizeBytes, 28);
  }
  head.writeUInt32LE(fragment, isExtended ? 44 : 20);
  head.writeUInt32LE(fragmentOffset, isExtended ? 48 : 24);
  const sizes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) sizes.writeUInt32LE(word, index * 4);
  return Buffer.concat([head, sizes]);
}

/** The header of a group of entries whose inodes are in the metadata block at `start`. */
export function listingHead(entries: number, start = 0): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(entries - 1, 0);
  bytes.writeUInt32LE(start, 4);
  return bytes;
}

/** @param offset of its inode, in the metadata block */
export function listingEntry(name: string | Buffer, offset = 0): Buffer {
  const text = Buffer.from(name);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(offset, 0);
  bytes.writeUInt16LE(text.length - 1, 6);
  return Buffer.concat([bytes, text]);
}

export async function openImage(image: Buffer): Promise<SquashfsReader> {
  const squashfs = await openSquashfs(bufferSource(image), image.length);
  if ('unavailable' in squashfs) throw new Error(squashfs.unavailable.code);
  return squashfs;
}

import { BrokenBundle } from './broken';
import type { BundleSource } from './source';
import { decompressor, type Decompress } from './squashfs-compression';
import { maxManifestSizeBytes } from './limits';
import { type DirectoryEntry, DirectorySearch } from './squashfs-directory';

/**
 * The smallest reader that finds `/manifest.raucm` in a squashfs 4.0 image: root directory only, every offset and
 * size bounded before it is used. (Layout: Linux `Documentation/filesystems/squashfs.rst`.)
 */

const magic = 0x7371_7368; // "hsqs"
const metadataBlockSize = 8192;
/** Of the root directory; a quarter of a million files have room in it. */
const maxDirectorySizeBytes = 16 << 20;
const noFragment = 0xffff_ffff;
const none = 0xffff_ffff_ffff_ffffn;

interface Superblock {
  readonly blockSize: number;
  readonly rootInode: bigint;
  readonly bytesUsed: number;
  readonly inodeTable: number;
  readonly directoryTable: number;
  readonly fragmentTable: number;
  readonly fragmentCount: number;
}

/** Whether a payload begins as a squashfs does. What follows is only looked at where a manifest is in it. */
export async function isSquashfs(source: BundleSource): Promise<boolean> {
  return (await source.read(0, 4)).readUInt32LE() === magic;
}

/** What was asked for, or why it can't be had here although the bundle may be sound. */
export type SquashfsFile = Buffer | { readonly unavailable: string };

/**
 * Reads `/manifest.raucm` out of a plain bundle's payload. Verify the signature over the payload first.
 * @throws BrokenBundle `squashfs` for anything malformed; a compressor we don't have is not an error
 */
export async function readManifestFromSquashfs(
  source: BundleSource,
  payloadSizeBytes: number,
): Promise<SquashfsFile> {
  if (payloadSizeBytes < 96) throw bad('it is too small');
  const header = await source.read(0, 96);
  const superblock = parseSuperblock(header, payloadSizeBytes);
  const compressor = header.readUInt16LE(20);
  const decompress = decompressor(compressor);
  if (decompress === undefined)
    return { unavailable: `the squashfs uses compressor ${compressor}, which is not supported here` };
  return new SquashfsReader(source, superblock, decompress).readRootFile('manifest.raucm');
}

function parseSuperblock(header: Buffer, payloadSizeBytes: number): Superblock {
  if (header.readUInt32LE(0) !== magic) throw bad('it has no squashfs magic');
  if (header.readUInt16LE(28) !== 4 || header.readUInt16LE(30) !== 0) throw bad('it is not version 4.0');
  const blockSize = header.readUInt32LE(12);
  const blockLog = header.readUInt16LE(22);
  if (blockLog < 12 || blockLog > 20 || blockSize !== 1 << blockLog)
    throw bad('its block size is impossible');
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

function offset(value: bigint, limit: number): number {
  if (value >= BigInt(limit)) throw bad('an offset lies outside of it');
  return Number(value);
}

function bad(what: string): BrokenBundle {
  return new BrokenBundle('squashfs', `the payload is not a sound squashfs: ${what}`);
}

class SquashfsReader {
  constructor(
    private readonly source: BundleSource,
    private readonly superblock: Superblock,
    private readonly decompress: Decompress,
  ) {}

  async readRootFile(name: string): Promise<SquashfsFile> {
    const { inodeTable, rootInode } = this.superblock;
    const entry = await this.findEntry(
      await this.readInode(inodeTable + Number(rootInode >> 16n), Number(rootInode & 0xffffn)),
      name,
    );
    if (entry === undefined)
      return { unavailable: 'the root directory of the squashfs is too large to be searched here' };
    return this.readFile(await this.readInode(inodeTable + entry.start, entry.offset));
  }

  private async readInode(position: number, inBlock: number): Promise<Buffer> {
    // Directory, file and their extended forms, and as many block sizes as a manifest can have, are within this.
    const inode = await this.readMetadata(position, inBlock, 56 + 4 * 17, true);
    if (inode.length < 16) throw bad('an inode is cut short');
    return inode;
  }

  /** Looks through the root directory; `undefined` when it is larger than we look through. */
  private async findEntry(inode: Buffer, name: string): Promise<DirectoryEntry | undefined> {
    const type = inode.readUInt16LE(0);
    const [start, size, inBlock] =
      type === 1 && inode.length >= 28
        ? [inode.readUInt32LE(16), inode.readUInt16LE(24), inode.readUInt16LE(26)]
        : type === 8 && inode.length >= 36
          ? [inode.readUInt32LE(24), inode.readUInt32LE(20), inode.readUInt16LE(34)]
          : [0, 0, 0];
    if (size < 3) throw bad('its root is no directory, or an empty one');
    const search = new DirectorySearch(name);
    const length = Math.min(size - 3, maxDirectorySizeBytes);
    const position = this.superblock.directoryTable + start;
    for await (const piece of this.metadataPieces(position, inBlock, length, false)) {
      const entry = search.take(piece);
      if (entry !== undefined) return entry;
    }
    if (length < size - 3) return undefined;
    if (!search.isComplete) throw bad('its root directory is malformed');
    throw new BrokenBundle('no-manifest', 'the payload holds no manifest.raucm');
  }

  private async readFile(inode: Buffer): Promise<Buffer> {
    const type = inode.readUInt16LE(0);
    if (type !== 2 && type !== 9) throw bad('manifest.raucm is not a regular file');
    const extended = type === 9;
    if (inode.length < (extended ? 56 : 32)) throw bad('an inode is cut short');
    let position = extended
      ? offset(inode.readBigUInt64LE(16), this.superblock.bytesUsed)
      : inode.readUInt32LE(16);
    const size = extended
      ? offset(inode.readBigUInt64LE(24), Number.MAX_SAFE_INTEGER)
      : inode.readUInt32LE(28);
    const fragment = inode.readUInt32LE(extended ? 44 : 20);
    const fragmentOffset = inode.readUInt32LE(extended ? 48 : 24);
    if (size > maxManifestSizeBytes) throw bad(`manifest.raucm has ${size} bytes`);

    const { blockSize } = this.superblock;
    const blockCount = fragment === noFragment ? Math.ceil(size / blockSize) : Math.floor(size / blockSize);
    const sizesAt = extended ? 56 : 32;
    if (inode.length < sizesAt + 4 * blockCount) throw bad('an inode is cut short');
    const parts: Buffer[] = [];
    for (let i = 0; i < blockCount; i++) {
      const word = inode.readUInt32LE(sizesAt + 4 * i);
      parts.push(
        word === 0
          ? Buffer.alloc(Math.min(blockSize, size - i * blockSize))
          : await this.readBlock(position, word),
      );
      position += word & 0xff_ffff;
    }
    if (fragment !== noFragment) {
      const block = await this.readFragment(fragment);
      const tail = size - blockCount * blockSize;
      if (fragmentOffset + tail > block.length) throw bad('a fragment is too short');
      parts.push(block.subarray(fragmentOffset, fragmentOffset + tail));
    }
    const content = Buffer.concat(parts);
    if (content.length !== size) throw bad('manifest.raucm has not the size that its inode says');
    return content;
  }

  private async readFragment(index: number): Promise<Buffer> {
    const { fragmentTable, fragmentCount, bytesUsed } = this.superblock;
    if (index >= fragmentCount || fragmentTable === 0) throw bad('a fragment does not exist');
    const lookup = fragmentTable + 8 * Math.floor(index / 512);
    const pointer = offset((await this.read(lookup, 8)).readBigUInt64LE(), bytesUsed);
    const entry = await this.readMetadata(pointer, (index % 512) * 16, 16, false);
    return this.readBlock(offset(entry.readBigUInt64LE(0), bytesUsed), entry.readUInt32LE(8));
  }

  /** A data or fragment block: bits 0 to 23 of the word are its stored size, bit 24 says that it is stored raw. */
  private async readBlock(position: number, word: number): Promise<Buffer> {
    const stored = word & 0xff_ffff;
    if (stored === 0 || stored > this.superblock.blockSize) throw bad('a block has an impossible size');
    const bytes = await this.read(position, stored);
    return word & 0x100_0000 ? bytes : this.inflate(bytes, this.superblock.blockSize);
  }

  /** Reads `length` bytes of metadata; with `upTo`, fewer are fine when the table ends. */
  private async readMetadata(
    position: number,
    inBlock: number,
    length: number,
    upTo: boolean,
  ): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.metadataPieces(position, inBlock, length, upTo)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** `length` bytes that begin `inBlock` bytes into the metadata block at `position`, and may go on in the next. */
  private async *metadataPieces(
    position: number,
    inBlock: number,
    length: number,
    upTo: boolean,
  ): AsyncGenerator<Buffer> {
    let skip = inBlock;
    let missing = length;
    let at = position;
    while (missing > 0) {
      const isOptional = upTo && at > position;
      if (at + 2 > this.superblock.bytesUsed && upTo) return;
      const header = (await this.read(at, 2)).readUInt16LE();
      const stored = header & 0x7fff;
      if (stored === 0 || stored > metadataBlockSize) {
        if (isOptional) return;
        throw bad('a metadata block has an impossible size');
      }
      if (isOptional && at + 2 + stored > this.superblock.bytesUsed) return;
      const bytes = await this.read(at + 2, stored);
      const block = header & 0x8000 ? bytes : this.inflateMetadata(bytes, isOptional);
      if (block === undefined) return;
      if (skip >= block.length) throw bad('a metadata reference lies outside of its block');
      const piece = block.subarray(skip, skip + missing);
      yield piece;
      missing -= piece.length;
      // All but the last of a table are full; else a table of one-byte blocks would keep us reading for minutes.
      if (missing > 0 && block.length < metadataBlockSize) {
        if (upTo) return;
        throw bad('a metadata block in the middle of a table is not full');
      }
      skip = 0;
      at += 2 + stored;
    }
  }

  private inflateMetadata(bytes: Buffer, optional: boolean): Buffer | undefined {
    try {
      return this.inflate(bytes, metadataBlockSize);
    } catch (error) {
      if (optional) return undefined; // behind the last inode lies another table
      throw error;
    }
  }

  private inflate(bytes: Buffer, limit: number): Buffer {
    let inflated: Buffer;
    try {
      inflated = this.decompress(bytes, limit);
    } catch (error) {
      throw bad(`a block can't be decompressed (${error instanceof Error ? error.message : String(error)})`);
    }
    if (inflated.length > limit) throw bad('a block is larger than allowed when decompressed');
    return inflated;
  }

  private read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.superblock.bytesUsed) throw bad('a block lies outside of it');
    return this.source.read(position, length);
  }
}

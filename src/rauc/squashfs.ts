import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { BrokenBundle } from './broken';
import { maxManifestSizeBytes } from './limits';
import type { BundleSource } from './source';
import { SquashfsBlocks } from './squashfs-blocks';
import { decompressor } from './squashfs-compression';
import { type DirectoryEntry, DirectorySearch } from './squashfs-directory';
import {
  bad,
  hasMagic,
  offset,
  parseSuperblock,
  type Superblock,
  superblockSizeBytes,
} from './squashfs-superblock';

/**
 * A minimal reader that finds files in a squashfs 4.0 image: root directory only, every offset and size bounded
 * before it is used. (Layout: Linux `Documentation/filesystems/squashfs.rst`.)
 */

/** The largest root directory; it has room for a quarter of a million files. */
const maxDirectorySizeBytes = 16 << 20;
const noFragment = 0xffff_ffff;

/** Whether a payload begins like a squashfs image. The rest is read only if the image holds the manifest. */
export async function isSquashfs(source: BundleSource): Promise<boolean> {
  return hasMagic(await source.read(0, 4));
}

/** Why something cannot be read here although the bundle may be sound. */
export interface Unavailable {
  readonly unavailable: Circumstance;
}

const tooLarge: Unavailable = { unavailable: circumstance('root-too-large') };

/**
 * Reads `/manifest.raucm` from a plain bundle's payload. Verify the signature over the payload first.
 * @throws BrokenBundle `squashfs` for anything malformed; a compressor we don't have is not an error
 */
export async function readManifestFromSquashfs(
  source: BundleSource,
  payloadSizeBytes: number,
): Promise<Buffer | Unavailable> {
  const squashfs = await openSquashfs(source, payloadSizeBytes);
  if ('unavailable' in squashfs) return squashfs;
  const name = 'manifest.raucm';
  const found = await squashfs.findInRoot([name]);
  if ('unavailable' in found) return found;
  const entry = found.get(name);
  if (entry === undefined) throw new BrokenBundle('no-manifest', circumstance('payload-without-manifest'));
  const file = await squashfs.openFile(entry);
  if (file === undefined) throw bad(circumstance('manifest-not-a-file'));
  if (file.sizeBytes > maxManifestSizeBytes)
    throw bad(circumstance('manifest-file-too-large', { sizeBytes: file.sizeBytes }));
  const pieces: Buffer[] = [];
  for await (const piece of squashfs.content(file)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/**
 * Reads the superblock of a payload.
 * @throws BrokenBundle `squashfs`
 */
export async function openSquashfs(
  source: BundleSource,
  payloadSizeBytes: number,
): Promise<SquashfsReader | Unavailable> {
  if (payloadSizeBytes < superblockSizeBytes) throw bad(circumstance('squashfs-too-small'));
  const header = await source.read(0, superblockSizeBytes);
  const superblock = parseSuperblock(header, payloadSizeBytes);
  const compressor = header.readUInt16LE(20);
  const decompress = decompressor(compressor);
  return decompress === undefined
    ? { unavailable: circumstance('compressor-unknown', { compressor }) }
    : new SquashfsReader(superblock, new SquashfsBlocks(source, superblock.bytesUsed, decompress));
}

/** A regular file, and where its content is. */
export interface SquashfsFile {
  readonly sizeBytes: number;
  /** Offset of its first block. */
  readonly position: number;
  readonly fragment: number;
  readonly fragmentOffset: number;
  readonly inode: DirectoryEntry;
  /** Offset of its block sizes in its inode. */
  readonly sizesAt: number;
}

/** Reads the files of the root directory. All methods throw BrokenBundle `squashfs` for malformed data. */
export class SquashfsReader {
  constructor(
    private readonly superblock: Superblock,
    private readonly blocks: SquashfsBlocks,
  ) {}

  /** Finds names in the root directory; a name missing from the answer does not exist. */
  async findInRoot(names: Iterable<string>): Promise<ReadonlyMap<string, DirectoryEntry> | Unavailable> {
    const { inodeTable, rootInode, directoryTable } = this.superblock;
    const inode = await this.readInode(inodeTable + Number(rootInode >> 16n), Number(rootInode & 0xffffn));
    const type = inode.readUInt16LE(0);
    const [start, size, inBlock] =
      type === 1 && inode.length >= 28
        ? [inode.readUInt32LE(16), inode.readUInt16LE(24), inode.readUInt16LE(26)]
        : type === 8 && inode.length >= 36
          ? [inode.readUInt32LE(24), inode.readUInt32LE(20), inode.readUInt16LE(34)]
          : [0, 0, 0];
    if (size < 3) throw bad(circumstance('root-not-a-directory'));
    const search = new DirectorySearch(names);
    const length = Math.min(size - 3, maxDirectorySizeBytes);
    for await (const piece of this.blocks.metadataPieces(directoryTable + start, inBlock, length, false)) {
      search.take(piece);
      if (search.hasAll) return search.found;
    }
    if (length < size - 3) return tooLarge;
    if (!search.isComplete) throw bad(circumstance('root-malformed'));
    return search.found;
  }

  /** @returns `undefined` for a folder, a link or anything else but a regular file */
  async openFile(entry: DirectoryEntry): Promise<SquashfsFile | undefined> {
    const inode = await this.readInode(this.superblock.inodeTable + entry.start, entry.offset);
    const type = inode.readUInt16LE(0);
    if (type !== 2 && type !== 9) return undefined;
    const extended = type === 9;
    const sizesAt = extended ? 56 : 32;
    if (inode.length < sizesAt) throw bad(circumstance('inode-cut-short'));
    return {
      position: extended
        ? offset(inode.readBigUInt64LE(16), this.superblock.bytesUsed)
        : inode.readUInt32LE(16),
      sizeBytes: extended
        ? offset(inode.readBigUInt64LE(24), Number.MAX_SAFE_INTEGER)
        : inode.readUInt32LE(28),
      fragment: inode.readUInt32LE(extended ? 44 : 20),
      fragmentOffset: inode.readUInt32LE(extended ? 48 : 24),
      inode: entry,
      sizesAt,
    };
  }

  /** The content of a file, a block at a time. Blocks of zeros take no space in the bundle: limit the size first. */
  async *content(file: SquashfsFile): AsyncGenerator<Buffer> {
    const { blockSize } = this.superblock;
    const { sizeBytes, fragment, fragmentOffset } = file;
    const blocks = sizeBytes / blockSize;
    const blockCount = fragment === noFragment ? Math.ceil(blocks) : Math.floor(blocks);
    let { position } = file;
    let missing = sizeBytes;
    for await (const word of this.blockSizes(file, blockCount)) {
      const length = Math.min(blockSize, missing);
      const block = word === 0 ? Buffer.alloc(length) : await this.readBlock(position, word);
      if (block.length !== length) throw bad(circumstance('file-of-other-size'));
      yield block;
      position += word & 0xff_ffff;
      missing -= length;
    }
    if (fragment === noFragment) return;
    const block = await this.readFragment(fragment);
    if (fragmentOffset + missing > block.length) throw bad(circumstance('fragment-too-short'));
    yield block.subarray(fragmentOffset, fragmentOffset + missing);
  }

  private async *blockSizes({ inode, sizesAt }: SquashfsFile, count: number): AsyncGenerator<number> {
    const position = this.superblock.inodeTable + inode.start;
    let skip = sizesAt;
    let rest = Buffer.alloc(0);
    for await (const piece of this.blocks.metadataPieces(
      position,
      inode.offset,
      sizesAt + 4 * count,
      false,
    )) {
      const words = Buffer.concat([rest, piece]);
      let at = Math.min(skip, words.length);
      skip -= at;
      for (; at + 4 <= words.length; at += 4) yield words.readUInt32LE(at);
      rest = words.subarray(at);
    }
  }

  private async readInode(position: number, inBlock: number): Promise<Buffer> {
    // Directory, file and their extended forms, without a file's block sizes, fit in this.
    const inode = await this.blocks.readMetadata(position, inBlock, 56, true);
    if (inode.length < 16) throw bad(circumstance('inode-cut-short'));
    return inode;
  }

  private async readFragment(index: number): Promise<Buffer> {
    const { fragmentTable, fragmentCount, bytesUsed } = this.superblock;
    if (index >= fragmentCount || fragmentTable === 0) throw bad(circumstance('fragment-missing'));
    const lookup = fragmentTable + 8 * Math.floor(index / 512);
    const pointer = offset((await this.blocks.read(lookup, 8)).readBigUInt64LE(), bytesUsed);
    const entry = await this.blocks.readMetadata(pointer, (index % 512) * 16, 16, false);
    return this.readBlock(offset(entry.readBigUInt64LE(0), bytesUsed), entry.readUInt32LE(8));
  }

  /** A data or fragment block: bits 0 to 23 of the word are its stored size, bit 24 says that it is stored raw. */
  private async readBlock(position: number, word: number): Promise<Buffer> {
    const stored = word & 0xff_ffff;
    if (stored === 0 || stored > this.superblock.blockSize) throw bad(circumstance('data-block-impossible'));
    const bytes = await this.blocks.read(position, stored);
    return word & 0x100_0000 ? bytes : this.blocks.inflate(bytes, this.superblock.blockSize);
  }
}

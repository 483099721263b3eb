import { circumstance } from '../core/circumstances/catalogue';
import type { BundleSource } from './source';
import type { Decompress } from './squashfs-compression';
import { bad } from './squashfs-superblock';

const metadataBlockSize = 8192;

/** Reads blocks of an image, each within its bounds. All methods throw BrokenBundle `squashfs` for malformed data. */
export class SquashfsBlocks {
  constructor(
    private readonly source: BundleSource,
    private readonly bytesUsed: number,
    private readonly decompress: Decompress,
  ) {}

  /** Reads `length` bytes of metadata; with `upTo`, fewer are fine when the table ends. */
  async readMetadata(position: number, inBlock: number, length: number, upTo: boolean): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.metadataPieces(position, inBlock, length, upTo)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** `length` bytes that begin `inBlock` bytes into the metadata block at `position`, and may continue in the next. */
  async *metadataPieces(
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
      if (at + 2 > this.bytesUsed && upTo) return;
      const header = (await this.read(at, 2)).readUInt16LE();
      const stored = header & 0x7fff;
      if (stored === 0 || stored > metadataBlockSize) {
        if (isOptional) return;
        throw bad(circumstance('metadata-block-impossible'));
      }
      if (isOptional && at + 2 + stored > this.bytesUsed) return;
      const bytes = await this.read(at + 2, stored);
      const block = header & 0x8000 ? bytes : this.inflateMetadata(bytes, isOptional);
      if (block === undefined) return;
      if (skip >= block.length) throw bad(circumstance('metadata-outside-block'));
      const piece = block.subarray(skip, skip + missing);
      yield piece;
      missing -= piece.length;
      // All blocks of a table but the last are full; a table of one-byte blocks would keep us reading for minutes.
      if (missing > 0 && block.length < metadataBlockSize) {
        if (upTo) return;
        throw bad(circumstance('metadata-block-not-full'));
      }
      skip = 0;
      at += 2 + stored;
    }
  }

  private inflateMetadata(bytes: Buffer, optional: boolean): Buffer | undefined {
    try {
      return this.inflate(bytes, metadataBlockSize);
    } catch (error) {
      if (optional) return undefined; // after the last inode comes another table
      throw error;
    }
  }

  inflate(bytes: Buffer, limit: number): Buffer {
    let inflated: Buffer;
    try {
      inflated = this.decompress(bytes, limit);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw bad(circumstance('block-not-decompressed', { why }));
    }
    if (inflated.length > limit) throw bad(circumstance('block-too-large'));
    return inflated;
  }

  read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.bytesUsed) throw bad(circumstance('block-outside'));
    return this.source.read(position, length);
  }
}

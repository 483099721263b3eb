import { circumstance } from '../../../src/core/circumstances/catalogue';
import { deflateSync } from 'node:zlib';
import { bufferSource } from '../../../src/rauc/source';
import { openSquashfs } from '../../../src/rauc/squashfs';
import {
  directoryInode,
  fileInode,
  listingEntry,
  listingHead,
  metadataBlock,
  metadataTable,
  openImage,
  squashfsImage,
  type SquashfsParts,
} from '../../support/squashfs-image';

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'squashfs', message: expect.stringMatching(message) as string }) as Error;

describe('the root directory', () => {
  const find = async (parts: SquashfsParts, name = 'file') => {
    const found = await (await openImage(squashfsImage(parts))).findInRoot([name]);
    return 'unavailable' in found ? found : found.get(name);
  };
  const listing = Buffer.concat([listingHead(1), listingEntry('file', 32)]);

  it('may be empty', async () => {
    expect(await find({ inodes: [directoryInode(3)], listing })).toBeUndefined();
  });

  it('is read as far as its inode says', async () => {
    const two = Buffer.concat([listing, listingHead(1), listingEntry('more')]);
    expect(
      await find({ inodes: [directoryInode(listing.length + 3)], listing: two }, 'more'),
    ).toBeUndefined();
    expect(await find({ inodes: [directoryInode(two.length + 3)], listing: two }, 'more')).toBeDefined();
  });

  it('goes on from one full metadata block to the next', async () => {
    const names = Array.from({ length: 200 }, (_, index) => listingEntry(`${index}`.padStart(60, '0')));
    const long = Buffer.concat([listingHead(201), ...names, listingEntry('file', 7)]);
    expect(long.length).toBeGreaterThan(8192);
    expect(await find({ inodes: [directoryInode(long.length + 3)], listing: long })).toEqual({
      start: 0,
      offset: 7,
    });
  });

  it('may be packed', async () => {
    const packed = deflateSync(listing);
    const directoryTable = metadataBlock(packed, packed.length);
    expect(await find({ inodes: [directoryInode(listing.length + 3)], listing, directoryTable })).toEqual({
      start: 0,
      offset: 32,
    });
  });

  const size = listing.length + 3;
  const packedTooLarge = deflateSync(Buffer.alloc(8193));
  it.each<[string, RegExp, SquashfsParts]>([
    ['is none', /root is not a directory/, { inodes: [fileInode({ sizeBytes: 0 })], listing }],
    ['is less than empty', /root is not a directory/, { inodes: [directoryInode(2)], listing }],
    [
      'has half an inode',
      /root is not a directory/,
      { inodes: [directoryInode(size).subarray(0, 27)], listing },
    ],
    [
      'has half an extended inode',
      /root is not a directory/,
      { inodes: [directoryInode(size, true).subarray(0, 35)], listing },
    ],
    ['ends in an entry', /root directory is malformed/, { inodes: [directoryInode(size - 1)], listing }],
    [
      'lies in a block of no bytes',
      /metadata block has an impossible size/,
      { inodes: [directoryInode(size)], listing, directoryTable: metadataBlock(listing, 0x8000) },
    ],
    [
      'lies in a block that is too large',
      /metadata block has an impossible size/,
      { inodes: [directoryInode(size)], listing, directoryTable: metadataBlock(Buffer.alloc(8193)) },
    ],
    [
      'is packed and larger than a block is',
      /cannot be decompressed/,
      {
        inodes: [directoryInode(size)],
        listing,
        directoryTable: metadataBlock(packedTooLarge, packedTooLarge.length),
      },
    ],
    [
      'goes on behind a block that is not full',
      /not full/,
      {
        inodes: [directoryInode(size)],
        listing,
        directoryTable: Buffer.concat([
          metadataBlock(listing.subarray(0, 10)),
          metadataBlock(listing.subarray(10)),
        ]),
      },
    ],
    [
      'goes on behind the end',
      /block is outside it/,
      { inodes: [directoryInode(8192 + 4)], listing: Buffer.alloc(8192) },
    ],
  ])('is refused when it %s', async (_, message, parts) => {
    await expect(find(parts)).rejects.toEqual(refused(message));
  });

  it('is refused when it begins behind its block', async () => {
    const begins = (at: number) => {
      const root = directoryInode(4);
      root.writeUInt16LE(at, 26);
      return find({ inodes: [root], listing });
    };
    await expect(begins(listing.length)).rejects.toEqual(refused(/outside its block/));
    await expect(begins(listing.length - 1)).rejects.toEqual(refused(/root directory is malformed/));
  });

  it('is looked for in the inode that the superblock names', async () => {
    const inodes = [fileInode({ sizeBytes: 0 }), directoryInode(size)];
    const image = squashfsImage({ inodes, listing });
    image.writeBigUInt64LE(32n, 32);
    expect('unavailable' in (await (await openImage(image)).findInRoot(['file']))).toBe(false);
    // Behind a first metadata block that is full.
    const second = squashfsImage({
      inodes,
      listing,
      inodeTable: metadataTable(Buffer.concat([Buffer.alloc(8192), directoryInode(size)])),
    });
    second.writeBigUInt64LE(8194n << 16n, 32);
    const found = await (await openImage(second)).findInRoot(['file']);
    expect('unavailable' in found ? undefined : found.get('file')).toEqual({ start: 0, offset: 32 });
  });
});

describe('a payload', () => {
  it('is refused when it is smaller than a superblock', async () => {
    const image = squashfsImage({ inodes: [directoryInode(3)], listing: Buffer.alloc(0) });
    await expect(openSquashfs(bufferSource(image), 95)).rejects.toEqual(refused(/too small/));
  });

  it('is not read with a compressor that is not supported', async () => {
    const image = squashfsImage({ inodes: [directoryInode(3)], listing: Buffer.alloc(1) });
    image.writeUInt16LE(4, 20);
    expect(await openSquashfs(bufferSource(image), image.length)).toEqual({
      unavailable: circumstance('compressor-unknown', { compressor: 4 }),
    });
  });
});

import { deflateSync } from 'node:zlib';
import {
  dataAt,
  directoryInode,
  fileInode,
  type FileParts,
  listingEntry,
  listingHead,
  offsetsOf,
  openImage,
  rawBlock,
  squashfsImage,
  type SquashfsParts,
} from '../../support/squashfs-image';

const blockSize = 4096;
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'squashfs', message: expect.stringMatching(message) as string }) as Error;

/** An image whose root has one file. */
function withFile(inode: Buffer, parts: Partial<SquashfsParts> = {}, isRootExtended = false): Buffer {
  const root = directoryInode(0, isRootExtended);
  const listing = Buffer.concat([listingHead(1), listingEntry('file', root.length)]);
  const inodes = [directoryInode(listing.length + 3, isRootExtended), inode];
  expect(offsetsOf(inodes)).toEqual([0, root.length]);
  return squashfsImage({ inodes, listing, ...parts });
}

async function contentOf(image: Buffer): Promise<Buffer | undefined> {
  const squashfs = await openImage(image);
  const found = await squashfs.findInRoot(['file']);
  const entry = 'unavailable' in found ? undefined : found.get('file');
  if (entry === undefined) throw new Error('it has the file');
  const file = await squashfs.openFile(entry);
  if (file === undefined) return undefined;
  const pieces: Buffer[] = [];
  for await (const piece of squashfs.content(file)) pieces.push(piece);
  const content = Buffer.concat(pieces);
  expect(content.length).toBe(file.sizeBytes);
  return content;
}

const block = (letter: string, length = blockSize) => Buffer.alloc(length, letter);

describe('the content of a file', () => {
  const packed = deflateSync(block('b'));
  const data = Buffer.concat([block('a'), packed, block('x', 10), block('c', 100), block('y', 5)]);
  const parts = { data, fragments: [{ position: dataAt + blockSize + packed.length, word: 115 | rawBlock }] };
  const words = [blockSize | rawBlock, packed.length];
  const file: FileParts = { sizeBytes: 2 * blockSize + 100, fragment: 0, fragmentOffset: 10, words };
  const content = Buffer.concat([block('a'), block('b'), block('c', 100)]);

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])(
    'is that of its blocks and its fragment (extended inode %p, of the root %p)',
    async (isExtended, isRoot) => {
      expect(await contentOf(withFile(fileInode(file, isExtended), parts, isRoot))).toEqual(content);
    },
  );

  it('is all in its blocks where it has no fragment, and the last is as short as the rest', async () => {
    const whole = fileInode({ sizeBytes: blockSize + 7, words: [blockSize | rawBlock, 7 | rawBlock] });
    const image = withFile(whole, { data: Buffer.concat([block('a'), block('b', 7)]) });
    expect(await contentOf(image)).toEqual(Buffer.concat([block('a'), block('b', 7)]));
  });

  it('is of zeros where a block has no size', async () => {
    const sparse = fileInode({ sizeBytes: 2 * blockSize + 7, words: [0, blockSize | rawBlock, 0] });
    const image = withFile(sparse, { data: block('a') });
    expect(await contentOf(image)).toEqual(
      Buffer.concat([Buffer.alloc(blockSize), block('a'), Buffer.alloc(7)]),
    );
  });

  it('may be nothing', async () => {
    expect(await contentOf(withFile(fileInode({ sizeBytes: 0 })))).toEqual(Buffer.alloc(0));
  });

  it('may need the sizes of so many blocks that they fill more than one metadata block', async () => {
    const words = Array.from({ length: 2_100 }, () => 0);
    words.push(5 | rawBlock);
    const long = fileInode({ sizeBytes: 2_100 * blockSize + 5, words });
    const read = await contentOf(withFile(long, { data: block('z', 5) }));
    expect(read?.subarray(-6).toString('latin1')).toBe('\0zzzzz');
  });

  it('is not read of a folder, or of what has no content', async () => {
    for (const type of [1, 3, 8, 10]) {
      const other = fileInode({ sizeBytes: 0 });
      other.writeUInt16LE(type, 0);
      expect(await contentOf(withFile(other))).toBeUndefined();
    }
  });

  it('may be in a fragment whose place is in the second part of their table', async () => {
    const unused = Array.from({ length: 512 }, () => ({ position: dataAt, word: 1 | rawBlock }));
    const last = { position: dataAt + 3, word: 4 | rawBlock };
    const inode = fileInode({ sizeBytes: 4, fragment: 513 });
    const fragments = [...unused, ...unused.slice(-1), last];
    const image = withFile(inode, { data: Buffer.from('...last'), fragments });
    expect(await contentOf(image)).toEqual(Buffer.from('last'));
  });

  it.each<[string, RegExp, Buffer, Partial<SquashfsParts>]>([
    [
      'a block shorter than its share',
      /not have the size that its inode says/,
      fileInode({ sizeBytes: 10, words: [9 | rawBlock] }),
      { data: block('a', 10) },
    ],
    [
      'a block longer than its share',
      /not have the size that its inode says/,
      fileInode({ sizeBytes: 10, words: [11 | rawBlock] }),
      { data: block('a', 11) },
    ],
    [
      'a block of no bytes that is not a hole',
      /block has an impossible size/,
      fileInode({ sizeBytes: 10, words: [rawBlock] }),
      { data: block('a', 10) },
    ],
    [
      'a block larger than blocks are',
      /block has an impossible size/,
      fileInode({ sizeBytes: blockSize, words: [blockSize + 1] }),
      { data: block('a', blockSize + 1) },
    ],
    [
      'a block that is packed and larger than blocks are',
      /cannot be decompressed/,
      fileInode({ sizeBytes: blockSize, words: [deflateSync(block('a', blockSize + 1)).length] }),
      { data: deflateSync(block('a', blockSize + 1)) },
    ],
    ['a block behind the end', /outside it/, fileInode({ sizeBytes: 9, words: [9], position: 60_000 }), {}],
    ['a fragment where there is none', /fragment does not exist/, fileInode({ ...file, words: [0, 0] }), {}],
    [
      'the fragment behind the last',
      /fragment does not exist/,
      fileInode({ sizeBytes: 4, fragment: 1 }),
      parts,
    ],
    [
      'a fragment that is a byte too short',
      /fragment is too short/,
      fileInode({ sizeBytes: 100, fragment: 0, fragmentOffset: 16 }),
      parts,
    ],
    ['an inode of a few bytes', /inode is cut short/, fileInode({ sizeBytes: 0 }).subarray(0, 15), {}],
    ['half an inode', /inode is cut short/, fileInode({ sizeBytes: 0 }).subarray(0, 31), {}],
    ['half an extended inode', /inode is cut short/, fileInode({ sizeBytes: 0 }, true).subarray(0, 55), {}],
  ])('is refused with %s', async (_, message, inode, more) => {
    await expect(contentOf(withFile(inode, more))).rejects.toEqual(refused(message));
  });

  it('reaches up to the end of its fragment', async () => {
    const last = fileInode({ sizeBytes: 100, fragment: 0, fragmentOffset: 15 });
    expect(await contentOf(withFile(last, parts))).toEqual(Buffer.concat([block('c', 95), block('y', 5)]));
  });
});

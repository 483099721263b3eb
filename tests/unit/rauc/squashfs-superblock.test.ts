import {
  hasMagic,
  offset,
  parseSuperblock,
  superblockSizeBytes,
} from '../../../src/rauc/squashfs-superblock';

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'squashfs', message: expect.stringMatching(message) as string }) as Error;

/** Of an image of 10,000 bytes, all of it in use. */
function header(change: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(superblockSizeBytes);
  bytes.write('hsqs');
  bytes.writeUInt32LE(131_072, 12);
  bytes.writeUInt32LE(7, 16);
  bytes.writeUInt16LE(17, 22);
  bytes.writeUInt16LE(4, 28);
  bytes.writeBigUInt64LE(0x1_0020n, 32);
  bytes.writeBigUInt64LE(10_000n, 40);
  bytes.writeBigUInt64LE(5_000n, 64);
  bytes.writeBigUInt64LE(6_000n, 72);
  bytes.writeBigUInt64LE(7_000n, 80);
  change(bytes);
  return bytes;
}

const parse = (change?: (bytes: Buffer) => void) => parseSuperblock(header(change), 10_000);

describe('the superblock', () => {
  it('tells where the parts of an image are', () => {
    expect(parse()).toEqual({
      blockSize: 131_072,
      rootInode: 0x1_0020n,
      bytesUsed: 10_000,
      inodeTable: 5_000,
      directoryTable: 6_000,
      fragmentTable: 7_000,
      fragmentCount: 7,
    });
  });

  it('may have no table of fragments', () => {
    expect(parse((bytes) => bytes.fill(0xff, 80, 88)).fragmentTable).toBe(0);
  });

  it.each([
    [12, 4_096],
    [20, 1_048_576],
  ])('has blocks of 2^%d bytes at the least or most', (log, blockSize) => {
    const change = (bytes: Buffer) => {
      bytes.writeUInt32LE(blockSize, 12);
      bytes.writeUInt16LE(log, 22);
    };
    expect(parse(change).blockSize).toBe(blockSize);
  });

  it.each<[string, RegExp, (bytes: Buffer) => void]>([
    ['another magic', /no squashfs magic/, (bytes) => bytes.write('sqsh')],
    ['a version to come', /version 4\.0/, (bytes) => bytes.writeUInt16LE(5, 28)],
    ['a minor version', /version 4\.0/, (bytes) => bytes.writeUInt16LE(1, 30)],
    [
      'blocks of 2 KiB',
      /block size/,
      (bytes) => {
        bytes.writeUInt32LE(2_048, 12);
        bytes.writeUInt16LE(11, 22);
      },
    ],
    [
      'blocks of 2 MiB',
      /block size/,
      (bytes) => {
        bytes.writeUInt32LE(2_097_152, 12);
        bytes.writeUInt16LE(21, 22);
      },
    ],
    ['a block size of two minds', /block size/, (bytes) => bytes.writeUInt16LE(16, 22)],
    ['more bytes than it has', /outside it/, (bytes) => bytes.writeBigUInt64LE(10_001n, 40)],
    ['its inodes behind its end', /outside it/, (bytes) => bytes.writeBigUInt64LE(10_000n, 64)],
    ['its directories behind its end', /outside it/, (bytes) => bytes.writeBigUInt64LE(10_000n, 72)],
    ['its fragments behind its end', /outside it/, (bytes) => bytes.writeBigUInt64LE(10_000n, 80)],
    ['its inodes in what is not in use', /outside it/, (bytes) => bytes.writeBigUInt64LE(5_000n, 40)],
  ])('is refused with %s', (_, message, change) => {
    expect(() => parse(change)).toThrow(refused(message));
  });

  it('is known by its magic', () => {
    expect(hasMagic(header())).toBe(true);
    expect(hasMagic(Buffer.alloc(superblockSizeBytes))).toBe(false);
  });
});

describe('an offset', () => {
  it('lies before its limit', () => {
    expect(offset(9n, 10)).toBe(9);
    expect(() => offset(10n, 10)).toThrow(refused(/outside it/));
  });
});

import { circumstance } from '../../../src/core/circumstances/catalogue';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { bufferSource } from '../../../src/rauc/source';
import { readManifestFromSquashfs } from '../../../src/rauc/squashfs';
import { makeBundle } from '../../support/bundle-factory';
import { takeApart } from '../../support/bundle-surgery';
import { mustRun, temporaryFolder } from '../../support/programs';

const read = (payload: Buffer) => readManifestFromSquashfs(bufferSource(payload), payload.length);

async function squashfsOf(fill: (folder: string) => Promise<void>, args: string[] = []): Promise<Buffer> {
  const folder = await temporaryFolder();
  const content = path.join(folder, 'content');
  const image = path.join(folder, 'image');
  await mkdir(content);
  await fill(content);
  await mustRun('mksquashfs', [content, image, '-quiet', '-no-progress', ...args]);
  return readFile(image);
}

/** A manifest behind folders whose names come before its own. */
async function withManyFolders(count: number, nameLength: number, compressor: string): Promise<Buffer> {
  const definitions = path.join(await temporaryFolder(), 'definitions');
  const lines = Array.from({ length: count }, (_, i) => `${String(i).padStart(nameLength, 'a')} d 755 0 0\n`);
  await writeFile(definitions, lines.join(''));
  return squashfsOf(
    (folder) => writeFile(path.join(folder, 'manifest.raucm'), 'found'),
    ['-comp', compressor, '-pf', definitions],
  );
}

async function plainPayload(): Promise<Buffer> {
  return Buffer.from(takeApart(await readFile((await makeBundle({ format: 'plain' })).path)).payload);
}

describe('readManifestFromSquashfs', () => {
  it.each([
    ['gzip', []],
    ['gzip, extended inodes', ['-xattrs', '-Xcompression-level', '1']],
    ['zstd', ['-comp', 'zstd', '-Xcompression-level', '19']],
    ['nothing compressed', ['-noI', '-noD', '-noF', '-noX']],
    ['no fragments', ['-no-fragments']],
    ['small blocks', ['-b', '4096']],
    ['small blocks, always fragments', ['-b', '4096', '-always-use-fragments']],
  ])('finds it among other files: %s', async (_name, args) => {
    const manifest = Buffer.concat([randomBytes(9_000), Buffer.alloc(20_000), Buffer.from('end')]);
    const payload = await squashfsOf(async (folder) => {
      for (let i = 0; i < 40; i++) await writeFile(path.join(folder, `file-${i}`), 'x'.repeat(i * 10));
      await mkdir(path.join(folder, 'folder'));
      await writeFile(path.join(folder, 'folder', 'manifest.raucm'), 'not this one');
      await writeFile(path.join(folder, 'manifest.raucm'), manifest);
    }, args);
    expect(await read(payload)).toEqual(manifest);
  });

  it.each(['gzip', 'zstd'])(
    'finds it behind more than 640 KiB of directory, packed with %s',
    async (compressor) => {
      const payload = await withManyFolders(3_500, 240, compressor);
      expect(await read(payload)).toEqual(Buffer.from('found'));
    },
  );

  it.each([['gzip'], ['zstd']])(
    'finds it behind a thousand other files, packed with %s',
    async (compressor) => {
      const payload = await squashfsOf(
        async (folder) => {
          for (let i = 0; i < 1_000; i++) await writeFile(path.join(folder, `a-file-with-a-name-${i}`), '');
          await writeFile(path.join(folder, 'manifest.raucm'), 'found');
        },
        ['-comp', compressor],
      );
      expect(await read(payload)).toEqual(Buffer.from('found'));
    },
  );

  it('reads an empty one', async () => {
    const payload = await squashfsOf((folder) => writeFile(path.join(folder, 'manifest.raucm'), ''));
    expect(await read(payload)).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['no manifest', 'no-manifest', (folder: string) => writeFile(path.join(folder, 'other'), 'x')],
    ['an empty root', 'no-manifest', () => Promise.resolve()],
    [
      'a symbolic link',
      'squashfs',
      (folder: string) => symlink('/etc/passwd', path.join(folder, 'manifest.raucm')),
    ],
    [
      'a folder',
      'squashfs',
      (folder: string) =>
        mkdir(path.join(folder, 'manifest.raucm', 'x'), { recursive: true }).then(() => undefined),
    ],
    [
      '65537 bytes',
      'squashfs',
      (folder: string) => writeFile(path.join(folder, 'manifest.raucm'), 'x'.repeat(65_537)),
    ],
  ])('refuses %s', async (_name, code, fill) => {
    await expect(read(await squashfsOf(fill))).rejects.toMatchObject({ code });
  });

  it('refuses a payload that is none', async () => {
    for (const payload of [Buffer.alloc(0), Buffer.alloc(95), Buffer.alloc(4096), randomBytes(4096)])
      await expect(read(payload)).rejects.toMatchObject({ code: 'squashfs' });
  });

  it('refuses one that is cut short', async () => {
    const payload = await plainPayload();
    await expect(read(payload.subarray(0, payload.length - 4096))).rejects.toMatchObject({
      code: 'squashfs',
    });
  });

  it.each([
    ['version', 28, 2],
    ['block size', 12, 4],
    ['block log', 22, 2],
    ['root inode', 32, 8],
    ['bytes used', 40, 8],
    ['inode table', 64, 8],
    ['directory table', 72, 8],
    ['fragment table', 80, 8],
  ])('refuses an impossible %s', async (_name, at, size) => {
    const payload = await plainPayload();
    payload.fill(0xfe, at, at + size);
    await expect(read(payload)).rejects.toMatchObject({ code: 'squashfs' });
  });
});

describe('a metadata block made to hurt', () => {
  /** A squashfs whose inode table is one block of our making. */
  async function withInodeTable(compressor: number, block: Buffer): Promise<Buffer> {
    const payload = await plainPayload();
    const header = Buffer.alloc(2);
    header.writeUInt16LE(block.length);
    payload.writeUInt16LE(compressor, 20);
    payload.writeBigUInt64LE(0n, 32);
    payload.writeBigUInt64LE(BigInt(payload.length), 64);
    const bomb = Buffer.concat([payload, header, block]);
    bomb.writeBigUInt64LE(BigInt(bomb.length), 40);
    return bomb;
  }

  /** A root directory of entries of 256 bytes, none of them the manifest. */
  async function withDirectory(sizeBytes: number, entriesPerHeader = 256): Promise<Buffer> {
    const payload = await plainPayload();
    const header = Buffer.alloc(12);
    header.writeUInt32LE((entriesPerHeader - 1) >>> 0, 0);
    const entry = Buffer.alloc(256, 'a');
    entry.writeUInt16LE(247, 6);
    const group = Buffer.concat([header, ...Array.from({ length: 256 }, () => entry)]);
    const listing = Buffer.alloc(sizeBytes, group);
    const blocks: Buffer[] = [];
    for (let at = 0; at < sizeBytes; at += 8192)
      blocks.push(Buffer.from([0x00, 0xa0]), listing.subarray(at, at + 8192)); // stored as they are
    const inode = Buffer.alloc(40);
    inode.writeUInt16LE(8, 0); // a directory, extended
    inode.writeUInt32LE(sizeBytes + 3, 20);
    payload.writeBigUInt64LE(0n, 32);
    payload.writeBigUInt64LE(BigInt(payload.length), 64);
    payload.writeBigUInt64LE(BigInt(payload.length + 2 + inode.length), 72);
    const image = Buffer.concat([payload, Buffer.from([inode.length, 0x80]), inode, ...blocks]);
    image.writeBigUInt64LE(BigInt(image.length), 40);
    return image;
  }

  it('cannot keep it reading, as one of a million blocks of one byte each', async () => {
    const blocks = 1_000_000;
    const payload = await plainPayload();
    const table = Buffer.alloc(3 * blocks, Buffer.from([0x01, 0x80, 0x00])); // stored as it is: one byte
    const inode = Buffer.alloc(40);
    inode.writeUInt16LE(8, 0); // a directory, extended
    inode.writeUInt32LE(blocks, 20);
    const header = Buffer.alloc(2);
    header.writeUInt16LE(inode.length | 0x8000);
    payload.writeBigUInt64LE(0n, 32);
    payload.writeBigUInt64LE(BigInt(payload.length), 64);
    payload.writeBigUInt64LE(BigInt(payload.length + header.length + inode.length), 72);
    const bomb = Buffer.concat([payload, header, inode, table]);
    bomb.writeBigUInt64LE(BigInt(bomb.length), 40);
    let reads = 0;
    const source = {
      sizeBytes: bomb.length,
      read: (position: number, length: number) => {
        reads += 1;
        return bufferSource(bomb).read(position, length);
      },
    };
    await expect(readManifestFromSquashfs(source, bomb.length)).rejects.toMatchObject({ code: 'squashfs' });
    expect(reads).toBeLessThan(20);
  });

  it('is searched within a bound, and not called unsound for a directory beyond it', async () => {
    const payload = await withDirectory(17 << 20);
    let reads = 0;
    const source = {
      sizeBytes: payload.length,
      read: (position: number, length: number) => {
        reads += 1;
        return bufferSource(payload).read(position, length);
      },
    };
    const file = await readManifestFromSquashfs(source, payload.length);
    expect(file).toEqual({ unavailable: circumstance('root-too-large') });
    expect(reads).toBeLessThan(2 * (16 << 7) + 20); // of each metadata block of 8 KiB, its header and its content
  });

  it.each([300, 0xffff_ffff])('is refused with %d entries behind one header', async (count) => {
    const payload = await withDirectory(1 << 20, count);
    await expect(read(payload)).rejects.toMatchObject({ code: 'squashfs' });
  });

  it('cannot make gzip inflate beyond its bound', async () => {
    const bomb = await withInodeTable(1, deflateSync(Buffer.alloc(4 << 20), { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    await expect(read(bomb)).rejects.toMatchObject({ code: 'squashfs' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 << 20);
  });

  it('cannot make Zstandard allocate what a frame declares', async () => {
    const frame = Buffer.from('28b52ffd' + 'e0' + 'ffffffffffff0f00' + '010000', 'hex');
    await expect(read(await withInodeTable(6, frame))).rejects.toMatchObject({ code: 'squashfs' });
  });

  it('cannot hold the process with copies beyond the end of the output', async () => {
    // One compressed block: 1 literal, then 98,047 sequences of 65,536 literals and a match of 65,539 bytes each.
    const sequences = Buffer.from([0x09, 0x61, 0xff, 0xff, 0xff, 0x54, 35, 0, 52, 0x80]);
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((sequences.length << 3) | (2 << 1) | 1, 0, 3);
    const frame = Buffer.concat([Buffer.from('28b52ffd20ff', 'hex'), blockHeader, sequences]);
    const startedAt = performance.now();
    await expect(read(await withInodeTable(6, frame))).rejects.toMatchObject({ code: 'squashfs' });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each(['', '28b52ffd', '28b52ffd00', 'ffffffffffff', '28b52ffd2004', '502a4d18ffffffff'])(
    'cannot be malformed in a way that escapes: %s',
    async (hex) => {
      await expect(read(await withInodeTable(6, Buffer.from(hex, 'hex')))).rejects.toMatchObject({
        code: 'squashfs',
      });
    },
  );
});

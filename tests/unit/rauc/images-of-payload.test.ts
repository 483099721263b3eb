import { circumstance } from '../../../src/core/circumstances/catalogue';
import type { Circumstance } from '../../../src/core/reasons/why';
import { sayWhy } from '../../../src/core/circumstances/sentences';
import { createHash } from 'node:crypto';
import type { Image, Manifest } from '../../../src/core/inspection';
import { checkImages } from '../../../src/rauc/check-images';
import { imageWarnings } from '../../../src/rauc/payload-images';
import { bufferSource } from '../../../src/rauc/source';
import { bundleWithImage } from '../../support/fleet-factory';
import {
  dataAt,
  directoryInode,
  fileInode,
  listingEntry,
  listingHead,
  rawBlock,
  squashfsImage,
} from '../../support/squashfs-image';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A squashfs with small files in its root, and a folder `folder`. */
function payloadOf(files: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(files);
  const inodes: Buffer[] = [];
  const listing: Buffer[] = [listingHead(entries.length + 1)];
  const data: Buffer[] = [];
  let [inodeAt, position] = [32, dataAt];
  for (const [name, text] of entries) {
    const words = text === '' ? [] : [text.length | rawBlock];
    const inode = fileInode({ sizeBytes: text.length, position, words });
    inodes.push(inode);
    listing.push(listingEntry(name, inodeAt));
    data.push(Buffer.from(text));
    inodeAt += inode.length;
    position += text.length;
  }
  listing.push(listingEntry('folder', 0));
  const whole = Buffer.concat(listing);
  return squashfsImage({
    inodes: [directoryInode(whole.length + 3), ...inodes],
    listing: whole,
    data: Buffer.concat(data),
  });
}

function manifestOf(images: readonly Partial<Image>[], change: Partial<Manifest> = {}): Manifest {
  const { manifest } = bundleWithImage().inspection;
  const [image] = manifest?.images ?? [];
  if (manifest === null || image === undefined) throw new Error('it has an image');
  const unknown = { ...image, sizeBytes: null };
  return { ...manifest, images: images.map((one) => ({ ...unknown, ...one })), ...change };
}

const payload = payloadOf({ 'a.img': 'aaaa', 'b.img': 'bb', 'c.img.caibx': 'index', empty: '' });

describe('the files that a manifest names', () => {
  async function warn(images: readonly Partial<Image>[], change: Partial<Manifest> = {}, bytes = payload) {
    const found = await imageWarnings(bufferSource(bytes), bytes.length, manifestOf(images, change));
    return found.map(({ code, message }) => `${code}: ${sayWhy(message)}`);
  }
  const missing = (name: string) => [expect.stringMatching(`^image-missing: .*: ${name}\\.`) as string];

  it('are there, with the sizes that it says', async () => {
    expect(
      await warn([
        { filename: 'a.img', sizeBytes: 4 },
        { filename: 'empty', sizeBytes: 0 },
      ]),
    ).toEqual([]);
    expect(await warn([{ filename: 'a.img' }])).toEqual([]);
    expect(await warn([{ filename: 'd.img' }])).toEqual(missing('d.img'));
    expect(await warn([{ filename: 'a.img', sizeBytes: 5 }])).toEqual([
      expect.stringContaining('a.img (4 bytes; the manifest says 5)'),
    ]);
  });

  it('may be missing, and be of a wrong size, in one bundle', async () => {
    const both = await warn([{ filename: 'a.img', sizeBytes: 3 }, { filename: 'd.img' }]);
    expect(both.map((one) => one.split(':')[0])).toEqual(['image-missing', 'image-size']);
  });

  it('are those of a converted image that are left, once each', async () => {
    const converted = ['b.img', 'd.img'];
    expect(await warn([{ filename: 'a.img', sizeBytes: 9, converted }])).toEqual(missing('d.img'));
    expect(await warn([{ filename: 'a.img', sizeBytes: 9, converted: ['a.img', 'b.img'] }])).toEqual([
      expect.stringContaining('image-size'),
    ]);
    const known = { filename: 'b.img', sizeBytes: 9 };
    const other = { filename: 'x.img', converted: ['b.img'] };
    expect(await warn([known, other])).toEqual([expect.stringContaining('image-size')]);
  });

  it('may be the index of chunks, whose size is not that of the image', async () => {
    expect(await warn([{ filename: 'c.img.caibx', sizeBytes: 1 << 30 }])).toEqual([]);
    expect(await warn([{ filename: 'd.img.caidx', sizeBytes: 1 << 30 }])).toEqual(missing('d.img.caidx'));
  });

  it('are not of a size where they are folders', async () => {
    expect(await warn([{ filename: 'folder', sizeBytes: 1 }])).toEqual([]);
  });

  it('are not looked for where there are none, or where nobody can look', async () => {
    const image = { filename: 'd.img' };
    expect(await warn([{ filename: null }])).toEqual([]);
    expect(await warn([], {}, Buffer.alloc(0))).toEqual([]);
    expect(await warn([image], { format: 'crypt' })).toEqual([]);
    expect(await warn([image], {}, Buffer.alloc(4096))).toEqual([]);
    const packed = Buffer.from(payload);
    packed.writeUInt16LE(4, 20);
    expect(await warn([image], {}, packed)).toEqual([]);
  });

  it('lie before the hash tree', async () => {
    const withTree = Buffer.concat([payload, Buffer.alloc(8192)]);
    const used = Buffer.from(withTree);
    used.writeBigUInt64LE(BigInt(payload.length + 4096), 40);
    const image = [{ filename: 'd.img' }];
    expect(await warn(image, { veritySizeBytes: 4096 }, used)).toEqual(missing('d.img'));
    expect(await warn(image, { veritySizeBytes: 8192 }, used)).toEqual([]); // more is in use than it has
  });

  it('are not judged by a disk that fails', async () => {
    const source = { sizeBytes: payload.length, read: () => Promise.reject(new Error('the disk is gone')) };
    await expect(imageWarnings(source, payload.length, manifestOf([{ filename: 'a.img' }]))).rejects.toThrow(
      'the disk is gone',
    );
  });
});

describe('the hashes that a manifest has', () => {
  const check = (images: readonly Partial<Image>[], change: Partial<Manifest> = {}, bytes = payload) =>
    checkImages(bufferSource(bytes), {
      manifest: manifestOf(images, change),
      payloadSizeBytes: bytes.length,
      encrypted: false,
    });
  const a = { filename: 'a.img', sha256: sha256('aaaa') };
  const b = { filename: 'b.img', sha256: sha256('bb') };
  const notChecked = (reason: Circumstance) => ({ state: 'not-checked', reason });

  it('are those of the files, and each that is not is named', async () => {
    expect(await check([a, b, { filename: 'empty', sha256: sha256('') }])).toEqual({ state: 'sound' });
    const wrong = { state: 'mismatch', files: ['d.img', 'a.img'] };
    expect(await check([{ ...a, sha256: sha256('x') }, b, { ...a, filename: 'd.img' }])).toEqual(wrong);
    expect(await check([{ ...a, sha256: a.sha256.toUpperCase() }])).toEqual({ state: 'sound' });
    expect(await check([a, { ...a, sha256: sha256('x') }])).toEqual({ state: 'mismatch', files: ['a.img'] });
  });

  it('are not asked of what is there as what it became, or as an index of chunks', async () => {
    const others = [
      { ...a, filename: 'x.img', converted: ['b.img'] },
      { ...a, filename: 'c.img.caibx' },
      { ...a, filename: null },
      { ...b, sha256: null },
    ];
    expect(await check([a, ...others])).toEqual({ state: 'sound' });
    expect(await check([{ ...a, sha256: sha256('x'), converted: ['a.img'] }])).toMatchObject({
      state: 'mismatch',
    });
    expect(await check(others)).toEqual(notChecked(circumstance('manifest-without-hashes')));
  });

  it('are not checked where nobody can, and it says why', async () => {
    expect(await check([a], { format: 'crypt' })).toEqual(notChecked(circumstance('payload-encrypted')));
    const looked = { manifest: manifestOf([a]), payloadSizeBytes: payload.length, encrypted: false };
    const source = bufferSource(payload);
    expect(await checkImages(source, { ...looked, encrypted: true })).toEqual(
      notChecked(circumstance('payload-encrypted')),
    );
    const unread = notChecked(circumstance('manifest-unknown'));
    expect(await checkImages(source, { ...looked, manifest: null })).toEqual(unread);
    expect(await checkImages(source, { ...looked, payloadSizeBytes: null })).toEqual(unread);
    expect(await check([{ ...a, filename: 'folder' }])).toEqual(
      notChecked(circumstance('image-not-a-file', { name: 'folder' })),
    );
    expect(await check([a], {}, Buffer.alloc(4096))).toEqual(
      notChecked(circumstance('squashfs-unsound', { why: circumstance('squashfs-without-magic') })),
    );
    const packed = Buffer.from(payload);
    packed.writeUInt16LE(4, 20);
    expect(await check([a], {}, packed)).toEqual(
      notChecked(circumstance('compressor-unknown', { compressor: 4 })),
    );
  });

  it('are not checked of images larger than 64 GiB together', async () => {
    const huge = fileInode({ sizeBytes: 64 * 2 ** 30 + 1 }, true);
    const listing = Buffer.concat([listingHead(1), listingEntry('a.img', 32)]);
    const bytes = squashfsImage({ inodes: [directoryInode(listing.length + 3), huge], listing });
    expect(await check([a], {}, bytes)).toEqual(notChecked(circumstance('images-too-large')));
  });

  it('are reported on as they are taken', async () => {
    const told: [number, number][] = [];
    const looked = { manifest: manifestOf([a, b]), payloadSizeBytes: payload.length, encrypted: false };
    await checkImages(bufferSource(payload), looked, (done, total) => void told.push([done, total]));
    expect(told).toEqual([
      [4, 6],
      [6, 6],
    ]);
  });

  it('are not checked by a disk that fails: that is an error', async () => {
    const source = { sizeBytes: payload.length, read: () => Promise.reject(new Error('the disk is gone')) };
    const looked = { manifest: manifestOf([a]), payloadSizeBytes: payload.length, encrypted: false };
    await expect(checkImages(source, looked)).rejects.toThrow('the disk is gone');
  });
});

import { circumstance } from '../../../src/core/circumstances/catalogue';
import type { Circumstance } from '../../../src/core/reasons/why';
import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageCheck } from '../../../src/core/image-check';
import { checkImages } from '../../../src/rauc/check-images';
import { bufferSource, fileSource } from '../../../src/rauc/source';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import {
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
} from '../../support/bundle-surgery';
import { mustRun, temporaryFolder } from '../../support/programs';
import { bundleSigner } from '../../support/test-pki';

async function check(bytes: Buffer): Promise<ImageCheck> {
  const inspection = await inspectBytes(bytes, await profileFor((await bundleSigner()).caPath));
  expect(inspection.verdict).not.toBe('broken');
  return checkImages(bufferSource(bytes), inspection);
}

const checkMade = async (options: BundleOptions) => check(await readFile((await makeBundle(options)).path));

/** A verity bundle whose manifest was changed before it was signed. */
async function checkChanged(
  change: (manifest: string) => string,
  options: BundleOptions = {},
): Promise<ImageCheck> {
  const { payload, cms } = takeApart(await readFile((await makeBundle(options)).path));
  const manifest = change(await inlineManifest(cms));
  return check(putTogether({ payload, cms: await sign(manifest, await bundleSigner()) }));
}

const otherHash = (text: string) => text.replace(/^sha256=.*$/m, `sha256=${'a'.repeat(64)}`);

describe('checkImages', () => {
  it.each<[string, BundleOptions]>([
    ['verity', {}],
    ['plain', { format: 'plain' }],
    ['with zstd', { mksquashfsArgs: '-comp zstd' }],
    [
      'of many blocks and a fragment',
      { imageSizeBytes: 1_000_001, mksquashfsArgs: '-b 4096 -always-use-fragments' },
    ],
    [
      'whose block sizes fill more than a metadata block',
      { imageSizeBytes: 9_000_001, mksquashfsArgs: '-b 4096' },
    ],
    ['of extended inodes and nothing compressed', { mksquashfsArgs: '-xattrs -noI -noD -noF' }],
    ['of more images', { files: { 'a.bin': 'a', 'b.bin': '' } }],
  ])('finds sound what rauc made: %s', async (_name, options) => {
    expect(await checkMade(options)).toEqual({ state: 'sound' });
  });

  it.each<[string, BundleOptions]>([
    ['gzip', {}],
    ['zstd', { mksquashfsArgs: '-comp zstd' }],
  ])('names an image that has another hash: %s', async (_name, options) => {
    expect(await checkChanged(otherHash, options)).toEqual({ state: 'mismatch', files: ['rootfs.img'] });
  });

  it('reads a hash in capitals', async () => {
    const capitals = (text: string) =>
      text.replace(/^sha256=(.*)$/m, (line) => line.toUpperCase().replace('SHA256', 'sha256'));
    expect(await checkChanged(capitals)).toEqual({ state: 'sound' });
  });

  it('names an image that is missing', async () => {
    const missing = (text: string) => text.replace('=rootfs.img', '=other.img');
    expect(await checkChanged(missing)).toEqual({ state: 'mismatch', files: ['other.img'] });
  });

  it('names a file of which one of two images has another hash', async () => {
    const twice = (text: string) =>
      `${text}\n[image.other]\nfilename=rootfs.img\nsize=65536\nsha256=${'a'.repeat(64)}\n`;
    expect(await checkChanged(twice)).toEqual({ state: 'mismatch', files: ['rootfs.img'] });
  });

  it.each<[string, Circumstance, (text: string) => string, BundleOptions]>([
    [
      'a compressor that is not supported',
      circumstance('compressor-unknown', { compressor: 4 }),
      otherHash,
      { mksquashfsArgs: '-comp xz' },
    ],
    [
      'no image',
      circumstance('manifest-without-hashes'),
      (text) => text.replace(/\[image\.rootfs\][^[]*/, ''),
      {},
    ],
    [
      'an index of chunks alone',
      circumstance('manifest-without-hashes'),
      (text) => text.replace('=rootfs.img', '=rootfs.img.caibx'),
      { files: { 'rootfs.img.caibx': 'an index' } },
    ],
  ])('does not check %s, and says why', async (_name, reason, change, options) => {
    expect(await checkChanged(change, options)).toEqual({ state: 'not-checked', reason });
  });

  it('does not check what is encrypted', async () => {
    const recipients = [await bundleSigner('rsa')];
    const notChecked = { state: 'not-checked', reason: circumstance('payload-encrypted') };
    expect(await checkMade({ format: 'crypt', recipients, rauc: 'sid' })).toEqual(notChecked);
    expect(await checkMade({ format: 'crypt', rauc: 'sid' })).toEqual(notChecked);
  });

  it('does not call a squashfs that cannot be read sound', async () => {
    const bytes = await readFile((await makeBundle({ format: 'plain' })).path);
    const inspection = await inspectBytes(bytes, await profileFor((await bundleSigner()).caPath));
    for (const at of [0, 32, 64, 72]) {
      const damaged = Buffer.from(bytes).fill(0xfe, at, at + 4);
      expect(await checkImages(bufferSource(damaged), inspection)).toMatchObject({ state: 'not-checked' });
    }
  });
});

describe('an image of 256 MiB of zeros', () => {
  const sizeBytes = 256 << 20;

  async function sparse(): Promise<{ payload: string; payloadSizeBytes: number }> {
    const folder = await temporaryFolder();
    const content = path.join(folder, 'content');
    const payload = path.join(folder, 'payload');
    await mkdir(content);
    await writeFile(path.join(content, 'rootfs.img'), '');
    await truncate(path.join(content, 'rootfs.img'), sizeBytes);
    await mustRun('mksquashfs', [content, payload, '-quiet', '-no-progress', '-b', '1M']);
    return { payload, payloadSizeBytes: (await readFile(payload)).length };
  }

  it('is hashed within bounded memory, and its progress is told', async () => {
    const { payload, payloadSizeBytes } = await sparse();
    const { manifest } = await inspectBytes(
      await readFile((await makeBundle({ format: 'plain' })).path),
      await profileFor((await bundleSigner()).caPath),
    );
    if (manifest === null) throw new Error('it has a manifest');
    const handle = await open(payload, 'r');
    const before = process.memoryUsage().rss;
    let grownBytes = 0;
    const told: number[] = [];
    try {
      const source = fileSource(handle, payloadSizeBytes);
      const checked = await checkImages(
        source,
        { manifest, payloadSizeBytes, encrypted: false },
        (doneBytes) => {
          told.push(doneBytes);
          grownBytes = Math.max(grownBytes, process.memoryUsage().rss - before);
        },
      );
      expect(checked).toEqual({ state: 'mismatch', files: ['rootfs.img'] });
    } finally {
      await handle.close();
    }
    expect(told.at(-1)).toBe(sizeBytes);
    expect(grownBytes).toBeLessThan(128 << 20);
  });
});

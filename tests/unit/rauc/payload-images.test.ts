import { sayWhy } from '../../../src/core/circumstances/sentences';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Inspection } from '../../../src/core/inspection';
import { imageWarnings } from '../../../src/rauc/payload-images';
import { bufferSource } from '../../../src/rauc/source';
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

const imageCodes = ({ warnings }: Inspection) =>
  warnings.filter(({ code }) => code.startsWith('image-')).map(({ code }) => code);

function warningOf({ warnings }: Inspection, wanted: string): string {
  return sayWhy(warnings.find(({ code }) => code === wanted)?.message ?? '');
}

async function inspect(bytes: Buffer): Promise<Inspection> {
  const inspection = await inspectBytes(bytes, await profileFor((await bundleSigner()).caPath));
  expect(inspection.verdict).toBe('trusted');
  return inspection;
}

/** A verity bundle whose manifest was changed before it was signed. */
async function withManifest(
  change: (manifest: string) => string,
  options: BundleOptions = {},
): Promise<Inspection> {
  const { payload, cms } = takeApart(await readFile((await makeBundle(options)).path));
  const manifest = change(await inlineManifest(cms));
  return inspect(putTogether({ payload, cms: await sign(manifest, await bundleSigner()) }));
}

/** A plain bundle with one image of 100 bytes, `rootfs.img`. */
async function plain(image: string): Promise<Inspection> {
  const folder = await temporaryFolder();
  const content = path.join(folder, 'content');
  await mkdir(content);
  await writeFile(path.join(content, 'rootfs.img'), 'x'.repeat(100));
  await writeFile(
    path.join(content, 'manifest.raucm'),
    `[update]\ncompatible=b\nversion=1\n[image.rootfs]\nsha256=${'a'.repeat(64)}\n${image}\n`,
  );
  const payloadFile = path.join(folder, 'payload');
  await mustRun('mksquashfs', [content, payloadFile, '-quiet', '-no-progress']);
  const payload = await readFile(payloadFile);
  const cms = await sign(payload, await bundleSigner(), { detached: true });
  return inspect(putTogether({ payload, cms }));
}

describe('the images of a payload', () => {
  it.each<[string, BundleOptions]>([
    ['verity', {}],
    ['verity, with zstd', { mksquashfsArgs: '-comp zstd' }],
    ['verity, with extended inodes', { mksquashfsArgs: '-xattrs -no-fragments -b 4096' }],
    ['plain', { format: 'plain' }],
  ])('have no warning when all are there: %s', async (_name, options) => {
    expect(imageCodes(await inspect(await readFile((await makeBundle(options)).path)))).toEqual([]);
  });

  it.each<[string, BundleOptions]>([
    ['gzip', {}],
    ['zstd', { mksquashfsArgs: '-comp zstd' }],
  ])('have a warning when one is missing: %s', async (_name, options) => {
    const inspection = await withManifest((text) => text.replace('=rootfs.img', '=other.img'), options);
    expect(imageCodes(inspection)).toEqual(['image-missing']);
    expect(warningOf(inspection, 'image-missing')).toContain('other.img');
  });

  it('have a warning when one has another size than the manifest says', async () => {
    const inspection = await withManifest((text) => text.replace('size=65536', 'size=65535'));
    expect(imageCodes(inspection)).toEqual(['image-size']);
    expect(warningOf(inspection, 'image-size')).toContain(
      'rootfs.img (65536 bytes; the manifest says 65535)',
    );
  });

  it('are looked at in a plain bundle too', async () => {
    expect(imageCodes(await plain('filename=rootfs.img\nsize=100'))).toEqual([]);
    expect(imageCodes(await plain('filename=rootfs.img\nsize=99'))).toEqual(['image-size']);
    expect(imageCodes(await plain('filename=rootfs.ext4\nsize=100'))).toEqual(['image-missing']);
  });

  it('are looked for under a name that is not ASCII', async () => {
    expect(imageCodes(await plain('filename=würfel.img\nsize=100'))).toEqual(['image-missing']);
  });

  it('are named up to a number, in one warning', async () => {
    const more = Array.from(
      { length: 200 },
      (_, i) => `[image.s${i}]\nfilename=s${i}.img\nsize=1\nsha256=${'a'.repeat(64)}\n`,
    );
    const inspection = await withManifest((text) => `${text}\n${more.join('')}`);
    expect(imageCodes(inspection)).toEqual(['image-missing']);
    expect(warningOf(inspection, 'image-missing')).toContain(
      's0.img, s1.img, s2.img, s3.img, s4.img and 195 more',
    );
  });

  it('may be an index of chunks, which has not the size of the image', async () => {
    const inspection = await withManifest(
      (text) => text.replace('=rootfs.img', '=rootfs.img.caibx').replace('size=65536', 'size=1073741824'),
      { files: { 'rootfs.img.caibx': 'an index' } },
    );
    expect(imageCodes(inspection)).toEqual([]);
  });

  it('may be there as what they were converted to', async () => {
    const converted = (name: string) => (text: string) =>
      `${text}\n[image.repo/app]\nfilename=app.tar\nsize=9\nsha256=${'a'.repeat(64)}\nconvert=tar-extract\nconverted=${name}\n`;
    const options = { files: { 'app.tar.extracted': 'stands for a folder' } };
    expect(imageCodes(await withManifest(converted('app.tar.extracted'), options))).toEqual([]);
    expect(imageCodes(await withManifest(converted('app.tar.gone'), options))).toEqual(['image-missing']);
  });
});

describe('no claim about images is made', () => {
  const missing = (text: string) => text.replace('=rootfs.img', '=other.img');

  it('of a squashfs packed with a compressor that is not supported', async () => {
    const inspection = await withManifest(missing, { mksquashfsArgs: '-comp xz' });
    expect(imageCodes(inspection)).toEqual([]);
  });

  it('of a squashfs that is malformed, which devices tell better', async () => {
    const { payload } = takeApart(await readFile((await makeBundle({ format: 'plain' })).path));
    const { manifest } = await withManifest(missing);
    if (manifest === null) throw new Error('it has a manifest');
    const asPlain = { ...manifest, format: 'plain' as const, veritySizeBytes: null };
    const look = (bytes: Buffer) => imageWarnings(bufferSource(bytes), bytes.length, asPlain);
    expect(await look(payload)).toMatchObject([{ code: 'image-missing' }]);
    for (const [at, size] of [
      [0, 4],
      [32, 8],
      [64, 8],
      [72, 8],
    ] as const)
      expect(await look(Buffer.from(payload).fill(0xfe, at, at + size))).toEqual([]);
    expect(await look(payload.subarray(0, 50))).toEqual([]);
  });

  it('of an encrypted payload', async () => {
    const { caPath } = await bundleSigner();
    const bundle = await makeBundle({
      format: 'crypt',
      recipients: [await bundleSigner('rsa')],
      rauc: 'sid',
    });
    const { verdict, warnings } = await inspectBytes(await readFile(bundle.path), await profileFor(caPath));
    expect(verdict).toBe('unchecked');
    expect(warnings.map(({ code }) => code)).toEqual(['crypt-opaque']);
    const open = await makeBundle({ format: 'crypt', rauc: 'sid' });
    expect(imageCodes(await inspect(await readFile(open.path)))).toEqual([]);
  });

  it('of a manifest without images', async () => {
    const inspection = await withManifest((text) => text.replace(/\[image\.rootfs\][^[]*/, ''));
    expect(inspection.manifest?.images).toEqual([]);
    expect(imageCodes(inspection)).toEqual([]);
  });
});

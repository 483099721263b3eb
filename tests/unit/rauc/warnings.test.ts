import { sayWhy } from '../../../src/core/circumstances/sentences';
import { readFile } from 'node:fs/promises';
import { manifestHints } from '../../../src/rauc/hints';
import { parseManifest } from '../../../src/rauc/manifest';
import { manifestWarnings, signerWarnings } from '../../../src/rauc/warnings';
import { keyPurposes } from '../../../src/x509/extensions';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor } from '../../support/bundle-surgery';
import { makeHugeBundle } from '../../support/huge-bundle';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

const adaptive = (version: string) =>
  `[update]\ncompatible=b\n${version}[bundle]\nformat=verity\n[image.rootfs]\nfilename=rootfs.img\nadaptive=block-hash-index\n`;

describe('warnings that save a trip to the field', () => {
  it.each<[string, BundleOptions, SignerKind, string[]]>([
    ['none for a bundle that has everything', { manifest: adaptive('version=1.2.3\n') }, 'ec', []],
    ['a plain bundle', { format: 'plain' }, 'ec', ['plain-not-streamable']],
    ['no version', { manifest: adaptive('') }, 'ec', ['no-version']],
    [
      'a version that RAUC cannot compare',
      { manifest: adaptive('version=v1-2-g0\n') },
      'ec',
      ['version-not-semver'],
    ],
    [
      'a signer that expires soon',
      { manifest: adaptive('version=1\n') },
      'expires-soon',
      ['signer-expires-soon'],
    ],
    ['an expired signer', { manifest: adaptive('version=1\n') }, 'expired', ['signer-expired']],
    ['a signer for code alone', { manifest: adaptive('version=1\n') }, 'codesign', ['code-signing-only']],
  ])('%s', async (_name, options, kind, codes) => {
    const bundle = await makeBundle({ ...options, signer: await bundleSigner(kind) });
    const { warnings } = await inspectBytes(
      await readFile(bundle.path),
      await profileFor(bundle.keyringPath),
    );
    expect(warnings.map((warning) => warning.code)).toEqual(codes);
  });

  it('a payload that is not a squashfs', async () => {
    const signer = await bundleSigner();
    const bytes = await readFile(await makeHugeBundle(1 << 20, signer));
    const { verdict, warnings } = await inspectBytes(bytes, await profileFor(signer.caPath));
    expect(verdict).toBe('trusted');
    expect(warnings.map((warning) => warning.code)).toContain('not-installable');
  });
});

describe('the hint that an image could be adaptive', () => {
  const hash = 'a'.repeat(64);
  const hintsFor = (images: string, format = 'verity') => {
    const tree = format === 'plain' ? '' : `verity-hash=${hash}\nverity-salt=${hash}\nverity-size=4096\n`;
    const manifest = `[update]\ncompatible=b\n[bundle]\nformat=${format}\n${tree}${images}`;
    const place = format === 'plain' ? 'payload' : 'signature';
    return manifestHints(parseManifest(Buffer.from(manifest), place).manifest);
  };
  const image = (filename: string, more = 'size=8192') =>
    `[image.${filename.replaceAll('.', '-')}]\nfilename=${filename}\nsha256=${hash}\n${more}\n`;

  it.each(['a.img', 'a.ext4', 'a.vfat', 'a.squashfs'])('is given for %s', (filename) => {
    const hints = hintsFor(image(filename));
    expect(hints.map(({ code }) => code)).toEqual(['no-adaptive-index']);
    expect(sayWhy(hints[0]?.message ?? '')).toContain(filename);
  });

  it('names the images that it is about, and no others', () => {
    const [hint, ...others] = hintsFor(
      [
        image('good.img', 'size=8192\nadaptive=block-hash-index'),
        image('slow.img'),
        image('files.tar.gz'),
        image('slower.ext4'),
      ].join(''),
    );
    expect(others).toEqual([]);
    expect(sayWhy(hint?.message ?? '')).toMatch(/: slow\.img, slower\.ext4 could have it\.$/);
  });

  it.each([
    ['one that has it', image('a.img', 'size=8192\nadaptive=block-hash-index')],
    ['an archive', image('a.tar.xz')],
    ['a UBI file system', image('a.ubifs')],
    ['a casync index', image('a.img.caibx')],
    ['an odd size', image('a.img', 'size=5000')],
    ['an empty image', image('a.img', 'size=0')],
    ['an image that its hook installs', image('a.img', 'size=8192\nhooks=install')],
    ['an artifact', `[image.files/a]\nfilename=a.img\nsha256=${hash}\nsize=8192\n`],
    ['a slot that is to be empty', '[image.data]\ntype=emptyfs\n'],
    ['an image without a file', '[image.data]\ntype=raw\nsize=8192\n'],
    ['an image without a size', image('a.img', '')],
    ['no image', ''],
  ])('is not given for %s', (_name, images) => {
    expect(hintsFor(images)).toEqual([]);
  });

  it('is not given for a plain bundle', () => {
    expect(hintsFor(image('a.img'), 'plain')).toEqual([]);
  });

  it('is a hint of the inspection, and no warning', async () => {
    const { path, keyringPath } = await makeBundle();
    const { warnings, hints } = await inspectBytes(await readFile(path), await profileFor(keyringPath));
    expect(warnings).toEqual([]);
    expect(hints.map(({ code }) => code)).toEqual(['no-adaptive-index']);
  });
});

describe('warnings of the signer', () => {
  const dayMs = 86_400_000;
  const now = new Date('2026-11-02T12:00:00Z');
  const codesOf = (leftMs: number, extendedKeyUsage: readonly string[] | null = null) => {
    const notAfter = new Date(now.getTime() + leftMs);
    return signerWarnings({ notAfter, extendedKeyUsage }, now).map(({ code }) => code);
  };

  it.each([
    [60 * dayMs, []],
    [60 * dayMs - 1, ['signer-expires-soon']],
    [0, ['signer-expires-soon']],
    [-1, ['signer-expired']],
  ])('with %d ms left are %j', (leftMs, codes) => {
    expect(codesOf(leftMs)).toEqual(codes);
  });

  it('say for how long, and since when', () => {
    const messageOf = (leftMs: number) =>
      signerWarnings({ notAfter: new Date(now.getTime() + leftMs), extendedKeyUsage: null }, now)
        .map(({ message }) => sayWhy(message))
        .join();
    expect(messageOf(2.5 * dayMs)).toMatch(/expires in 2 days/);
    expect(messageOf(-dayMs)).toMatch(/expired at 2026-11-01T12:00:00\.000Z/);
  });

  it('are that it signs code alone, where that is so', () => {
    const { codeSigning, emailProtection } = keyPurposes;
    const codes = (...usage: string[]) => codesOf(100 * dayMs, usage);
    expect(codes(codeSigning)).toEqual(['code-signing-only']);
    for (const usage of [[], [emailProtection], [codeSigning, emailProtection]])
      expect(codes(...usage)).toEqual([]);
  });
});

describe('warnings of a manifest', () => {
  const hash = 'a'.repeat(64);
  const codesOf = (update: string, images = '') => {
    const manifest = `[update]\ncompatible=b\n${update}[bundle]\nformat=verity\nverity-hash=${hash}\nverity-salt=${hash}\nverity-size=4096\n${images}`;
    return manifestWarnings(parseManifest(Buffer.from(manifest), 'signature').manifest).map(
      ({ code }) => code,
    );
  };

  it.each([
    ['none', 'version=1.2.3\n', '', []],
    ['no version', '', '', ['no-version']],
    ['a version that nobody can compare', 'version=v1\n', '', ['version-not-semver']],
    ['chunks that lie elsewhere', 'version=1\n', '[image.a]\nfilename=a.img.caibx\n', ['casync']],
    ['a slot without a file', 'version=1\n', '[image.a]\ntype=emptyfs\n', []],
    ['what is not an index of chunks', 'version=1\n', '[image.a]\nfilename=a.caibx.img\n', []],
  ])('are about %s', (_, update, images, codes) => {
    expect(codesOf(update, images)).toEqual(codes);
  });

  it('quote the version that nobody can compare', () => {
    const inspected = parseManifest(Buffer.from('[update]\ncompatible=b\nversion=v1\n'), 'payload').manifest;
    expect(sayWhy(manifestWarnings(inspected).at(-1)?.message ?? '')).toContain('"v1"');
  });
});

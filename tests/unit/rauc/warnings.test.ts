import { readFile } from 'node:fs/promises';
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
      'a version that RAUC can not compare',
      { manifest: adaptive('version=v1-2-g0\n') },
      'ec',
      ['version-not-semver'],
    ],
    ['no adaptive index', {}, 'ec', ['no-adaptive-index']],
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

  it('a payload that is no squashfs', async () => {
    const signer = await bundleSigner();
    const bytes = await readFile(await makeHugeBundle(1 << 20, signer));
    const { verdict, warnings } = await inspectBytes(bytes, await profileFor(signer.caPath));
    expect(verdict).toBe('trusted');
    expect(warnings.map((warning) => warning.code)).toContain('not-installable');
  });
});

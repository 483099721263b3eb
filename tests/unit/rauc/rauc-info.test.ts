import { readFile } from 'node:fs/promises';
import type { Image, Inspection, Manifest } from '../../../src/core/inspection';
import { type BundleOptions, makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor } from '../../support/bundle-surgery';
import { mustRun, raucSid } from '../../support/programs';
import { bundleSigner, type SignerKind } from '../../support/test-pki';

/** What `rauc info --output-format=json-2` prints, made from an inspection. */
function asRaucPrints({ manifest, manifestHash }: Inspection): unknown {
  if (manifest === null) throw new Error('no manifest');
  return {
    'manifest-hash': manifestHash,
    update: present({
      compatible: manifest.compatible,
      version: manifest.version,
      description: manifest.description,
      build: manifest.build,
    }),
    bundle: present({
      format: manifest.format,
      'verity-hash': manifest.verityHash,
      'verity-salt': manifest.veritySalt,
      'verity-size': manifest.veritySizeBytes,
    }),
    ...hooksOf(manifest),
    ...(manifest.handler === null ? {} : { handler: present(manifest.handler) }),
    images: manifest.images.map(imageAsRaucPrints),
    meta: manifest.meta,
  };
}

function hooksOf({ hooks }: Manifest): object {
  return hooks.filename === null ? {} : { hooks };
}

function imageAsRaucPrints(image: Image): object {
  const list = (items: readonly string[]) => (items.length === 0 ? null : items);
  return present({
    'slot-class': image.slotClass,
    artifact: image.artifact,
    variant: image.variant,
    filename: image.filename,
    type: image.type,
    checksum: image.sha256,
    size: image.sizeBytes === null ? -1 : image.sizeBytes === 0 ? null : image.sizeBytes,
    hooks: image.hooks,
    adaptive: list(image.adaptive),
    convert: list(image.convert),
    converted: list(image.converted),
  });
}

function present(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

const head = (format: string) => `[update]\ncompatible=Some Board;rev\\sB\nversion=2.1.0-rc.1+build.7\n
description=Größer & besser\nbuild=20261101\n\n[bundle]\nformat=${format}\n\n`;

const hooksManifest = (format: string) => `${head(format)}[hooks]\nfilename=hook.sh\nhooks=install-check\n
[image.rootfs]\nfilename=rootfs.img\nhooks=pre-install;post-install\n
[image.bootloader]\nhooks=install\n
[image.data]\ntype=emptyfs\n`;

const imagesManifest = (format: string) => `${head(format)}[image.rootfs.rev-a]\nfilename=a.ext4\n
[image.rootfs.rev-b.2]\nfilename=b.squashfs\n
[image.appfs]\nfilename=app.tar.xz\n
[image.firmware]\nfilename=empty.vfat\n
[image.dtb]\nfilename=blob.bin\nhooks=install\n[hooks]\nfilename=hook.sh\n`;
const typedFiles = [
  ...['a.ext4', 'a.vfat', 'a.img', 'a.squashfs', 'a.squashfs-xz', 'a.ubifs', 'a.tar', 'a.tar.gz', 'a.tgz'],
  ...[
    'a.catar',
    'a.caidx',
    'a.ext4.caibx',
    'a.vfat.caibx',
    'a.ubifs.caibx',
    'a.img.caibx',
    'a.squashfs.caibx',
  ],
];
const typesManifest = typedFiles.reduce(
  (text, name, i) =>
    `${text}[image.slot-${i}]\nfilename=${name}\nhooks=${i % 2 === 0 ? 'post-install' : ''}\n`,
  `${head('verity')}[hooks]\nfilename=hook.sh\n`,
);

const imageFiles = {
  'a.ext4': 'A',
  'b.squashfs': 'B',
  'app.tar.xz': 'C',
  'empty.vfat': '',
  'blob.bin': 'D',
  'hook.sh': '#!/bin/sh\n',
};

const cases: readonly (readonly [string, BundleOptions, SignerKind?])[] = [
  ['plain', { format: 'plain' }],
  ['verity', {}],
  ['verity by RAUC 1.15', { rauc: 'sid' }],
  ['crypt', { format: 'crypt' }],
  ['no version', { version: null }],
  ['an RSA signer', {}, 'rsa'],
  ['a P-384 signer', {}, 'ec-p384'],
  ['a P-521 signer, plain', { format: 'plain' }, 'ec-p521'],
  ['an intermediate', {}, 'intermediate'],
  ['an RSA intermediate, plain', { format: 'plain' }, 'intermediate-rsa'],
  ['several levels of hashes', { imageSizeBytes: 80 << 20 }],
  ['hooks, emptyfs', { manifest: hooksManifest('verity'), files: { 'hook.sh': '#!/bin/sh\n' }, rauc: 'sid' }],
  ['hooks, plain', { manifest: hooksManifest('plain'), files: { 'hook.sh': '#!/bin/sh\n' }, rauc: 'sid' }],
  ['variants, several images, derived types', { manifest: imagesManifest('verity'), files: imageFiles }],
  [
    'every type that a file name tells',
    {
      manifest: typesManifest,
      files: { ...Object.fromEntries(typedFiles.map((name) => [name, name])), 'hook.sh': '#!/bin/sh\n' },
      rauc: 'sid',
    },
  ],
  ['variants in a crypt bundle', { manifest: imagesManifest('crypt'), files: imageFiles, rauc: 'sid' }],
  [
    'a handler',
    {
      manifest: `${head('verity')}[handler]\nfilename=install.sh\nargs=--fast two\n`,
      files: { 'install.sh': '#!/bin/sh\n' },
    },
  ],
  [
    'metadata',
    {
      manifest: `${head('verity')}[image.rootfs]\nfilename=rootfs.img\n[meta.ci]\njob=17\nurl=https://ci/\\sx\n[meta.2nd]\n1-a=b\n`,
      rauc: 'sid',
    },
  ],
  [
    'an explicit type',
    { manifest: `${head('verity')}[image.rootfs]\nfilename=rootfs.img\ntype=ext4\n`, rauc: 'sid' },
  ],
  [
    'adaptive',
    { manifest: `${head('verity')}[image.rootfs]\nfilename=rootfs.img\nadaptive=block-hash-index\n` },
  ],
  [
    'artifacts and convert',
    {
      manifest: `${head('verity')}[image.files/docs]\nfilename=docs.txt\n[image.files/app.v2]\nfilename=app.tar\nconvert=tar-extract;keep\n`,
      files: { 'docs.txt': 'read me', 'app.tar': '\0'.repeat(10_240) },
      rauc: 'sid',
    },
  ],
  ['zstd squashfs', { format: 'plain', mksquashfsArgs: '-comp zstd' }],
  ['small squashfs blocks', { format: 'plain', mksquashfsArgs: '-b 4096', imageSizeBytes: 20_000 }],
  ['uncompressed squashfs', { format: 'plain', mksquashfsArgs: '-noI -noD -noF -no-fragments' }],
  [
    'a manifest of several squashfs blocks',
    {
      mksquashfsArgs: '-b 4096',
      manifest: `${head('plain')}[image.rootfs]\nfilename=rootfs.img\n# ${'x'.repeat(100)}\n${Array.from({ length: 90 }, (_, i) => `[image.rootfs.v${i}]\nfilename=rootfs.img\n`).join('')}`,
    },
  ],
  [
    'many files in a plain bundle',
    {
      format: 'plain',
      files: Object.fromEntries(
        Array.from({ length: 1200 }, (_, i) => [`some-rather-long-file-name-${i}`, String(i)]),
      ),
    },
  ],
];

describe('inspectBundle and rauc info', () => {
  it.each(cases.map(([name, options, kind = 'ec']) => ({ name, options, kind })))(
    'agree on $name',
    async ({ options, kind }) => {
      const bundle = await makeBundle({ ...options, signer: await bundleSigner(kind) });
      const inspection = await inspectBytes(
        await readFile(bundle.path),
        await profileFor(bundle.keyringPath),
      );
      const args = [
        'info',
        '--output-format=json-2',
        '-C',
        `keyring:path=${bundle.keyringPath}`,
        bundle.path,
      ];
      const golden: unknown = JSON.parse((await mustRun(raucSid, args)).stdout);
      expect(inspection).toMatchObject({ verdict: 'trusted', reasons: [], sizeBytes: bundle.sizeBytes });
      expect(asRaucPrints(inspection)).toEqual(golden);
    },
  );

  it.each<SignerKind>(['ec', 'rsa', 'ec-p384', 'intermediate', 'intermediate-rsa'])(
    'agree on the chain of an %s signer',
    async (kind) => {
      const bundle = await makeBundle({ signer: await bundleSigner(kind) });
      const { signerChain } = await inspectBytes(
        await readFile(bundle.path),
        await profileFor(bundle.keyringPath),
      );
      const args = ['info', '-C', `keyring:path=${bundle.keyringPath}`, bundle.path];
      const { stdout } = await mustRun(raucSid, args);
      const printed = [...stdout.matchAll(/SPKI sha256: ([0-9A-F:]+)/g)].map((match) => match[1]);
      expect(printed.length).toBeGreaterThan(1);
      expect(signerChain.map((certificate) => certificate.spkiFingerprint)).toEqual(printed);
    },
  );

  it('keeps the key of a crypt bundle to itself', async () => {
    const bundle = await makeBundle({ format: 'crypt' });
    const bytes = await readFile(bundle.path);
    const inspection = await inspectBytes(bytes, await profileFor(bundle.keyringPath));
    const key = /crypt-key=([0-9a-f]{64})/.exec(bytes.toString('latin1'))?.[1];
    expect(key).toBeDefined();
    expect(JSON.stringify(inspection)).not.toContain(key);
    expect(inspection.warnings.map((warning) => warning.code)).toContain('crypt-not-encrypted');
  });
});

describe('inspectBundle on an encrypted bundle', () => {
  const mixed: SignerKind[] = ['rsa', 'ec', 'ec-p384'];
  it.each([[['rsa']], [['ec']], [mixed]] as SignerKind[][][])('names the recipients %j', async (kinds) => {
    const recipients = await Promise.all(kinds.map((kind) => bundleSigner(kind)));
    const bundle = await makeBundle({ format: 'crypt', rauc: 'sid', recipients });
    const inspection = await inspectBytes(await readFile(bundle.path), await profileFor(bundle.keyringPath));
    expect(inspection).toMatchObject({
      verdict: 'unchecked',
      format: 'crypt',
      encrypted: true,
      manifest: null,
      manifestHash: null,
      signerChain: [],
    });
    expect(inspection.warnings.map((warning) => warning.code)).toEqual(['crypt-opaque']);
    const expected = await Promise.all(
      recipients.map(async ({ certPath }, index) => {
        const { stdout } = await mustRun('openssl', ['x509', '-in', certPath, '-noout', '-serial']);
        const kind = kinds[index] ?? '';
        return {
          issuer: `O=Test, CN=Root of ${kind}`,
          serial: stdout.trim().replace('serial=', '').toLowerCase(),
          algorithm: kind === 'rsa' ? 'RSA' : 'ECDH',
        };
      }),
    );
    const order = (a: { issuer: string }, b: { issuer: string }) => a.issuer.localeCompare(b.issuer);
    expect([...inspection.recipients].sort(order)).toEqual(expected.sort(order));
  });
});

describe('inspectBundle on a plain bundle with a compressor it lacks', () => {
  it.each(['xz', 'lz4', 'lzo'])(
    'keeps the verdict and says that the manifest is unavailable: %s',
    async (name) => {
      const bundle = await makeBundle({ format: 'plain', mksquashfsArgs: `-comp ${name}` });
      const inspection = await inspectBytes(
        await readFile(bundle.path),
        await profileFor(bundle.keyringPath),
      );
      expect(inspection).toMatchObject({
        verdict: 'trusted',
        format: 'plain',
        manifest: null,
        manifestHash: null,
      });
      const codes = inspection.warnings.map((warning) => warning.code);
      expect(codes).toEqual(['plain-not-streamable', 'manifest-unavailable']);
    },
  );
});

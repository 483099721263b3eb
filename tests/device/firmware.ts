import { createCipheriv, createHash } from 'node:crypto';
import { copyFile, mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from '../support/cached-folder';
import { mustRun, raucSid } from '../support/programs';
import { bundleSigner, issue } from '../support/test-pki';

/** What a factory and a release engineer make for the test device. All images are ext4, 8 MiB but for the big ones. */
export interface Firmware {
  /** Folder of `keyring.pem`, `encryption.crt` and `encryption.key`, for the device's /etc/rauc. */
  readonly deviceFiles: string;
  /** Slot image, version 1.0.0. */
  readonly factoryImage: string;
  /** Paths of bundles. */
  readonly bundles: Readonly<Record<BundleName, string>>;
}

const recipes = {
  /** Versions 2 and 3 differ in a sixth of their content. */
  v2: { version: '2.0.0', format: 'verity', image: 'v2' },
  v3: { version: '3.0.0', format: 'verity', image: 'v3' },
  plain: { version: '2.0.0', format: 'plain', image: 'v2' },
  /** Encrypted to `encryption.crt`. */
  crypt: { version: '3.0.0', format: 'crypt', image: 'v3' },
  crypt4: { version: '4.0.0', format: 'crypt', image: 'v4' },
  v5: { version: '5.0.0', format: 'verity', image: 'v5' },
  otherCompatible: { version: '2.0.0', format: 'verity', image: 'v2', compatible: 'other-device' },
  /** Installs well, but the boot loader finds that it does not boot. */
  badBoot: { version: '9.0.0', format: 'verity', image: 'badBoot' },
  /** 56 MiB, with a block hash index; they differ in one file of twelve. */
  big: { version: '2.0.0', format: 'verity', image: 'big', adaptive: true },
  bigNext: { version: '3.0.0', format: 'verity', image: 'bigNext', adaptive: true },
} as const satisfies Record<string, Recipe>;

/** Names of the bundles. */
export type BundleName = keyof typeof recipes;

interface Recipe {
  readonly version: string;
  readonly format: 'plain' | 'verity' | 'crypt';
  readonly image: string;
  readonly compatible?: string;
  readonly adaptive?: boolean;
}

interface ImageRecipe {
  readonly version: string;
  readonly sizeMiB: number;
  /** One file of noise per seed. */
  readonly seeds: readonly string[];
  readonly fileMiB: number;
  readonly bootFails?: boolean;
}

const bigSeeds = Array.from({ length: 12 }, (_, index) => `big-${index}`);
const images: Readonly<Record<string, ImageRecipe>> = {
  v1: { version: '1.0.0', sizeMiB: 8, seeds: ['a', 'b', 'c', 'd', 'e', 'v1'], fileMiB: 1 },
  v2: { version: '2.0.0', sizeMiB: 8, seeds: ['a', 'b', 'c', 'd', 'e', 'v2'], fileMiB: 1 },
  v3: { version: '3.0.0', sizeMiB: 8, seeds: ['a', 'b', 'c', 'd', 'e', 'v3'], fileMiB: 1 },
  v4: { version: '4.0.0', sizeMiB: 8, seeds: ['a', 'b', 'c', 'd', 'e', 'v4'], fileMiB: 1 },
  v5: { version: '5.0.0', sizeMiB: 8, seeds: ['a', 'b', 'c', 'd', 'e', 'v5'], fileMiB: 1 },
  badBoot: { version: '9.0.0', sizeMiB: 8, seeds: ['a'], fileMiB: 1, bootFails: true },
  big: { version: '2.0.0', sizeMiB: 56, seeds: bigSeeds, fileMiB: 4 },
  bigNext: { version: '3.0.0', sizeMiB: 56, seeds: bigSeeds.with(5, 'changed'), fileMiB: 4 },
};

/** Makes the firmware, or finds it from the run before. */
export async function firmware(): Promise<Firmware> {
  const folder = await cachedFolder('firmware', { edition: 2, recipes, images }, makeFirmware);
  const names = Object.keys(recipes) as BundleName[];
  return {
    deviceFiles: path.join(folder, 'device'),
    factoryImage: path.join(folder, 'v1.ext4'),
    bundles: Object.fromEntries(
      names.map((name) => [name, path.join(folder, `${name}.raucb`)]),
    ) as Firmware['bundles'],
  };
}

async function makeFirmware(folder: string): Promise<void> {
  const device = path.join(folder, 'device');
  await mkdir(device);
  await copyFile((await bundleSigner()).caPath, path.join(device, 'keyring.pem'));
  await issue(folder, {
    name: 'encryption',
    subject: '/CN=Test devices',
    key: 'rsa',
    extensions: ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,keyEncipherment'],
  });
  for (const name of ['encryption.crt', 'encryption.key']) {
    await copyFile(path.join(folder, name), path.join(device, name));
  }
  for (const [name, recipe] of Object.entries(images))
    await makeImage(path.join(folder, `${name}.ext4`), recipe);
  for (const [name, recipe] of Object.entries(recipes)) await makeBundle(folder, name, recipe);
  for (const name of Object.keys(images)) {
    if (name !== 'v1') await rm(path.join(folder, `${name}.ext4`));
  }
}

/** The same recipe gives the same bytes, so that only what a recipe changes differs between images. */
async function makeImage(image: string, recipe: ImageRecipe): Promise<void> {
  const tree = `${image}.tree`;
  await mkdir(path.join(tree, 'etc'), { recursive: true });
  await writeFile(path.join(tree, 'etc/device-version'), `${recipe.version}\n`);
  if (recipe.bootFails === true) await writeFile(path.join(tree, 'etc/boot-fails'), '');
  for (const [index, seed] of recipe.seeds.entries()) {
    await writeFile(path.join(tree, `data-${index}`), noise(seed, recipe.fileMiB << 20));
  }
  for (const name of ['etc/device-version', 'etc', ...recipe.seeds.map((_, index) => `data-${index}`), '.']) {
    await utimes(path.join(tree, name), 1_700_000_000, 1_700_000_000);
  }
  await writeFile(image, '');
  await truncate(image, recipe.sizeMiB << 20);
  const uuid = '11111111-2222-3333-4444-555555555555';
  const options = ['-O', '^has_journal', '-U', uuid, '-E', `hash_seed=${uuid},root_owner=0:0,nodiscard`];
  await mustRun('mke2fs', ['-q', '-t', 'ext4', ...options, '-d', tree, image], {
    env: { E2FSPROGS_FAKE_TIME: '1700000000' },
  });
  await rm(tree, { recursive: true });
}

async function makeBundle(folder: string, name: string, recipe: Recipe): Promise<void> {
  const signer = await bundleSigner();
  const content = path.join(folder, `${name}.content`);
  const bundle = path.join(folder, `${name}.raucb`);
  await mkdir(content);
  await copyFile(path.join(folder, `${recipe.image}.ext4`), path.join(content, 'rootfs.ext4'));
  await writeFile(path.join(content, 'manifest.raucm'), manifestOf(recipe));
  const output = recipe.format === 'crypt' ? path.join(folder, `${name}.unencrypted`) : bundle;
  const key = ['--cert', signer.certPath, '--key', signer.keyPath];
  const squashfs = '--mksquashfs-args=-comp zstd -Xcompression-level 1';
  await mustRun(raucSid, ['bundle', ...key, squashfs, content, output]);
  if (recipe.format === 'crypt') {
    const to = `--to=${path.join(folder, 'device/encryption.crt')}`;
    await mustRun(raucSid, ['encrypt', `--keyring=${signer.caPath}`, to, output, bundle]);
    await rm(output);
  }
  await rm(content, { recursive: true });
}

function manifestOf(recipe: Recipe): string {
  return [
    '[update]',
    `compatible=${recipe.compatible ?? 'test-device'}`,
    `version=${recipe.version}`,
    '',
    '[bundle]',
    `format=${recipe.format}`,
    '',
    '[image.rootfs]',
    'filename=rootfs.ext4',
    ...(recipe.adaptive === true ? ['adaptive=block-hash-index'] : []),
    '',
  ].join('\n');
}

/** Bytes that do not compress, the same for the same seed. */
function noise(seed: string, sizeBytes: number): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(sizeBytes));
}

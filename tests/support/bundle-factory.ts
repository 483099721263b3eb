import { createCipheriv, createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder } from './cached-folder';
import { mustRun, raucSid } from './programs';
import { bundleSigner, type Signer } from './test-pki';

export interface BundleOptions {
  /** Default `test-board`. */
  readonly compatible?: string;
  /** Default `1.0.0`; `null` leaves it out. */
  readonly version?: string | null;
  /** Default `verity`. */
  readonly format?: 'plain' | 'verity' | 'crypt';
  /** Default 64 KiB. */
  readonly imageSizeBytes?: number;
  /** Varies the bytes of the image. */
  readonly seed?: string;
  readonly signer?: Signer;
  /** The complete manifest, instead of one made from the options above. The image is `rootfs.img`. */
  readonly manifest?: string;
  /** Further files besides `rootfs.img`, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly mksquashfsArgs?: string;
  /** Certificates that a crypt bundle is encrypted to. */
  readonly recipients?: readonly Signer[];
  /** Which RAUC makes it: 1.8 (default) or 1.15. Encryption and artifacts need 1.15. */
  readonly rauc?: 'stable' | 'sid';
}

export interface MadeBundle {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly keyringPath: string;
}

/** A real bundle, made by the rauc program and cached for the next run. Do not write to it: copy it first. */
export async function makeBundle(options: BundleOptions = {}): Promise<MadeBundle> {
  const signer = options.signer ?? (await bundleSigner());
  const certificate = await readFile(signer.certPath, 'utf8'); // a cache may outlive the signers that it was made with
  const folder = await cachedFolder('bundle', { ...options, signer, certificate }, (target) =>
    buildBundle(target, options, signer),
  );
  const bundle = path.join(folder, 'bundle.raucb');
  return {
    path: bundle,
    sha256: (await readFile(path.join(folder, 'sha256'), 'utf8')).trim(),
    sizeBytes: (await stat(bundle)).size,
    keyringPath: signer.caPath,
  };
}

async function buildBundle(folder: string, options: BundleOptions, signer: Signer): Promise<void> {
  const content = path.join(folder, 'content');
  const bundle = path.join(folder, 'bundle.raucb');
  const rauc = options.rauc === 'sid' ? raucSid : 'rauc';
  await mkdir(content);
  const size = options.imageSizeBytes ?? 65_536;
  await writeFile(path.join(content, 'rootfs.img'), noise(options.seed ?? '', size));
  await writeFile(path.join(content, 'manifest.raucm'), options.manifest ?? manifestText(options));
  for (const [name, text] of Object.entries(options.files ?? {})) {
    await writeFile(path.join(content, name), text, { mode: 0o755 });
  }
  const key = ['--cert', signer.certPath, '--key', signer.keyPath];
  const intermediates = signer.intermediates.map((file) => `--intermediate=${file}`);
  // Compressing a large image of noise is a waste of time.
  const squashfsArgs = options.mksquashfsArgs ?? (size > 8 << 20 ? '-noD -noF -no-duplicates' : undefined);
  const squashfs = squashfsArgs === undefined ? [] : [`--mksquashfs-args=${squashfsArgs}`];
  const output = options.recipients === undefined ? bundle : path.join(folder, 'unencrypted.raucb');
  await mustRun(rauc, ['bundle', ...key, ...intermediates, ...squashfs, content, output]);
  if (options.recipients !== undefined) {
    const to = options.recipients.map((recipient) => `--to=${recipient.certPath}`);
    await mustRun(rauc, ['encrypt', `--keyring=${signer.caPath}`, ...to, output, bundle]);
  }
  await mustRun('rm', ['-rf', content, path.join(folder, 'unencrypted.raucb')]);
  await writeFile(path.join(folder, 'sha256'), await sha256Of(bundle));
}

function manifestText(options: BundleOptions): string {
  const version = options.version === undefined ? '1.0.0' : options.version;
  return [
    '[update]',
    `compatible=${options.compatible ?? 'test-board'}`,
    ...(version === null ? [] : [`version=${version}`]),
    '',
    '[bundle]',
    `format=${options.format ?? 'verity'}`,
    '',
    '[image.rootfs]',
    'filename=rootfs.img',
    '',
  ].join('\n');
}

/** Incompressible bytes, the same for the same seed. */
function* noise(seed: string, size: number): Generator<Buffer> {
  const cipher = createCipheriv('aes-256-ctr', createHash('sha256').update(seed).digest(), Buffer.alloc(16));
  const zeros = Buffer.alloc(1 << 20);
  for (let left = size; left > 0; left -= zeros.length) {
    yield cipher.update(zeros.subarray(0, Math.min(left, zeros.length)));
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

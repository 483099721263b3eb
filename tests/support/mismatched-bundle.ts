import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BundleOptions, makeBundle } from './bundle-factory';
import { inlineManifest, putTogether, sign, takeApart } from './bundle-surgery';
import { temporaryFolder } from './programs';
import { bundleSigner } from './test-pki';

/** A bundle with a valid signature whose manifest has the wrong hash for its image `rootfs.img`. */
export async function makeMismatchedBundle(options: BundleOptions = {}): Promise<string> {
  const { payload, cms } = takeApart(await readFile((await makeBundle(options)).path));
  const manifest = (await inlineManifest(cms)).replace(/^sha256=.*$/m, `sha256=${'a'.repeat(64)}`);
  const file = path.join(await temporaryFolder(), 'mismatched.raucb');
  await writeFile(file, putTogether({ payload, cms: await sign(manifest, await bundleSigner()) }));
  return file;
}

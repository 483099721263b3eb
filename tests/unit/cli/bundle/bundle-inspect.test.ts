import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../../../support/bundle-factory';
import { inlineManifest, putTogether, sign, takeApart } from '../../../support/bundle-surgery';
import { temporaryFolder } from '../../../support/programs';
import { bundleSigner } from '../../../support/test-pki';
import { runCommand } from '../../../support/cli-harness';

describe('bundle inspect', () => {
  let cwd: string;
  let bundle: MadeBundle;
  const inspect = (...args: string[]) => runCommand(['bundle', 'inspect', 'fw.raucb', ...args], { cwd });

  beforeAll(async () => {
    cwd = await temporaryFolder();
    bundle = await makeBundle({ compatible: 'my-board', version: '2.0.0' });
    await copyFile(bundle.path, path.join(cwd, 'fw.raucb'));
  });

  it('prints verdict, manifest, images and signer', async () => {
    const { code, stdout } = await inspect('--bundle-keyring', bundle.keyringPath);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fw\.raucb: trusted$/m);
    expect(stdout).toMatch(/^Compatible +my-board$/m);
    expect(stdout).toMatch(/^Version +2\.0\.0$/m);
    expect(stdout).toMatch(/^rootfs +/m);
    expect(stdout).toContain('SIGNED BY');
  });

  it('prints types and hooks as RAUC has them, and hints', async () => {
    const head = '[update]\ncompatible=b\nversion=1\n[bundle]\nformat=verity\n';
    const { path: file } = await makeBundle({
      manifest: `${head}[hooks]\nfilename=hook.sh\nhooks=install-check\n[handler]\nfilename=h.sh\nargs=-x\n[image.rootfs.a]\nfilename=rootfs.img\nhooks=post-install\n[image.boot]\nfilename=b.bin\nhooks=install\n[image.files/docs]\nfilename=d.tar\n`,
      files: { 'hook.sh': '#!/bin/sh\n', 'h.sh': '#!/bin/sh\n', 'b.bin': 'b', 'd.tar': 'd' },
      rauc: 'sid',
    });
    const { stdout } = await runCommand(['bundle', 'inspect', file], { cwd });
    expect(stdout).toMatch(/^Hooks +hook\.sh install-check$/m);
    expect(stdout).toMatch(/^Handler +h\.sh -x$/m);
    expect(stdout).toMatch(/^rootfs\.a +rootfs\.img +raw .* post-install$/m);
    expect(stdout).toMatch(/^boot +b\.bin +- .* install$/m);
    expect(stdout).toMatch(/^files\/docs +d\.tar +- /m);
    expect(stdout).toMatch(/^ {2}hint: .*: rootfs\.img could have it\.$/m);
    expect(stdout).not.toContain('warning:');
  });

  it('prints all of it as JSON', async () => {
    const { code, stdout } = await inspect('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      file: path.join(cwd, 'fw.raucb'),
      accepted: true,
      verdict: 'unchecked',
      size: bundle.sizeBytes,
      encrypted: false,
      manifest: { compatible: 'my-board', version: '2.0.0' },
      images: [{ slot_class: 'rootfs', type: 'raw' }],
      hints: [{ code: 'no-adaptive-index' }],
      image_check: { state: 'sound', files: [], reason: null },
      signer_chain: [{ not_after: expect.stringMatching(/Z$/) as string }],
    });
  });

  it('hashes the images, and warns of one that the manifest does not fit', async () => {
    expect((await inspect()).stdout).toMatch(/^Images +match the manifest$/m);
    const { payload, cms } = takeApart(await readFile(bundle.path));
    const manifest = (await inlineManifest(cms)).replace(/^sha256=.*$/m, `sha256=${'a'.repeat(64)}`);
    const changed = putTogether({ payload, cms: await sign(manifest, await bundleSigner()) });
    await writeFile(path.join(cwd, 'changed.raucb'), changed);
    const args = ['bundle', 'inspect', 'changed.raucb', '--bundle-keyring', bundle.keyringPath];
    const { code, stdout } = await runCommand(args, { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ {2}warning: No file in the bundle matches the hash in its manifest for rootfs\.img\./m,
    );
    expect(stdout).toMatch(/^Images +do not match the manifest$/m);
    expect(JSON.parse((await runCommand([...args, '--json'], { cwd })).stdout)).toMatchObject({
      accepted: true,
      verdict: 'trusted',
      image_check: { state: 'mismatch', files: ['rootfs.img'], reason: null },
    });
  });

  it('says why it did not check the images', async () => {
    const { path: file } = await makeBundle({ mksquashfsArgs: '-comp xz' });
    const { code, stdout } = await runCommand(['bundle', 'inspect', file], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Images +not checked: .*compressor 4/m);
    expect(stdout).not.toContain('warning:');
  });

  it('ends with 1 for a damaged bundle', async () => {
    const bytes = await readFile(bundle.path);
    bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
    await writeFile(path.join(cwd, 'damaged.raucb'), bytes);
    const { code, stdout } = await runCommand(['bundle', 'inspect', 'damaged.raucb', '--json'], { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: false, verdict: 'broken' });
  });

  it('ends with 1 for a signer outside the keyring, unless the server would allow it', async () => {
    const { keyringPath } = await makeBundle({ signer: await bundleSigner('rsa') });
    const foreign = ['--bundle-keyring', keyringPath];
    expect(await inspect(...foreign)).toMatchObject({ code: 1, stderr: '' });
    expect((await inspect(...foreign, '--allow-untrusted')).code).toBe(0);
    expect(JSON.parse((await inspect(...foreign, '--json')).stdout)).toMatchObject({ verdict: 'untrusted' });
  });

  it('ends with 1 for what is not a file', async () => {
    for (const file of ['missing.raucb', '.', '/dev/null']) {
      const { code, stdout } = await runCommand(['bundle', 'inspect', file], { cwd });
      expect({ file, code, stdout }).toEqual({ file, code: 1, stdout: '' });
    }
  });
});

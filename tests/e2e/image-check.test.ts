import { createReadStream } from 'node:fs';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import supertest from 'supertest';
import { makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { makeMismatchedBundle } from '../support/mismatched-bundle';
import { mustRun, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';
import { bundleSigner } from '../support/test-pki';

interface BundleJson {
  readonly name: string;
  readonly verdict: string;
  readonly image_check: { readonly state: string };
}

const upload = (server: ServerProcess, file: string, name: string) =>
  supertest(server.adminUrl)
    .post('/upload')
    .set('Accept', 'application/json')
    .attach('bundle', createReadStream(file), name)
    .expect(201);

async function states(server: ServerProcess): Promise<Record<string, string>> {
  const { bundles } = (await (await fetch(`${server.adminUrl}/api/bundles`)).json()) as {
    bundles: BundleJson[];
  };
  return Object.fromEntries(
    bundles.map(({ name, verdict, image_check: check }) => [name, `${verdict} ${check.state}`]),
  );
}

/** Waits until no bundle is being checked any more. */
async function checked(server: ServerProcess): Promise<Record<string, string>> {
  const isOver = async () => !/being-checked/.test(JSON.stringify(await states(server)));
  await eventually(isOver);
  return states(server);
}

describe('the built server', () => {
  it('hashes the images of uploads, and goes on after a stop and after a kill', async () => {
    const folder = await temporaryFolder();
    const keyring = ['--bundle-keyring', (await bundleSigner()).caPath];
    let server = await startServer({ folder, args: keyring });
    await upload(server, (await makeBundle()).path, 'sound.raucb');
    await upload(server, await makeMismatchedBundle(), 'bad.raucb');
    expect(await checked(server)).toEqual({
      'sound.raucb': 'trusted sound',
      'bad.raucb': 'trusted mismatch',
    });
    const listed = await cli(folder, 'bundle', 'list', '--server', server.adminUrl);
    expect(listed.stdout).toMatch(/bad\.raucb .* mismatch /);
    expect(listed.stderr).toMatch(/rootfs\.img/);

    const large = (await makeBundle({ imageSizeBytes: 80 << 20 })).path;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await upload(server, large, `${signal}.raucb`);
      await server.stop(signal);
      server = await startServer({ folder, args: keyring });
      expect(await checked(server)).toMatchObject({ [`${signal}.raucb`]: 'trusted sound' });
    }
    expect(await server.stop()).toBe(0);
  });

  it('does so from its packed package', async () => {
    const folder = await temporaryFolder();
    const root = path.resolve(__dirname, '../..');
    const arguments_ = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const packed = JSON.parse((await mustRun('npm', arguments_, { cwd: root })).stdout) as unknown;
    const [{ filename }] = packed as [{ readonly filename: string }];
    await mustRun('tar', ['-xzf', filename], { cwd: folder });
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'package/node_modules'));
    const server = await startServer({
      folder,
      entry: path.join(folder, 'package/bin/rauc-simple-server.js'),
    });
    await upload(server, (await makeBundle()).path, 'sound.raucb');
    expect(await checked(server)).toEqual({ 'sound.raucb': 'unchecked sound' });
    expect(await server.stop()).toBe(0);
  });
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beginCommand } from '../support/begun-command';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { type GateProxy, startGateProxy } from '../support/gate-proxy';
import { run, temporaryFolder } from '../support/programs';
import { type Rgw, startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { cli, entryPoint, startServer } from '../support/server-process';

jest.setTimeout(180_000);

describe('a move to an object store', () => {
  let rgw: Rgw;
  let folder: string;
  let bundles: readonly MadeBundle[];
  let gate: GateProxy;
  let store: Readonly<Record<string, string>>;

  beforeAll(async () => {
    rgw = await startRgw();
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates' }));
    await client.send({ method: 'PUT', key: '' });
    client.close();
    gate = await startGateProxy(rgw.port);
    folder = await temporaryFolder();
    // The second is large enough for several parts.
    bundles = await Promise.all([
      makeBundle({ version: '1.0.0' }),
      makeBundle({ version: '2.0.0', imageSizeBytes: 24 << 20 }),
    ]);
    const server = await startServer({ folder, env: { BUNDLE_KEYRING: bundles[0]?.keyringPath ?? '' } });
    for (const [index, bundle] of bundles.entries()) {
      const upload = ['bundle', 'upload', bundle.path, '--name', `v${index}.raucb`];
      expect((await cli(folder, ...upload, '--server', server.adminUrl)).code).toBe(0);
    }
    await server.stop();
    store = {
      S3_ENDPOINT: `http://127.0.0.1:${gate.port}`,
      AWS_ACCESS_KEY_ID: rgw.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
    };
  });

  const argumentsOf = (args: readonly string[]) => ['move', '--to', 'sqlite', '--json', ...args];
  /** @returns how many bundles were copied */
  const move = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await run(process.execPath, [entryPoint, ...argumentsOf(args)], {
      cwd: folder,
      env: { ...store, ...env },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return (JSON.parse(stdout) as Record<string, number>)['copied_bundles'];
  };
  /** Kills a move once the object store no longer answers it. @param afterBytes when that is, in bytes sent to the store */
  const killed = async (afterBytes: number, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    gate.freeze(afterBytes);
    const running = beginCommand(folder, argumentsOf(args), { ...store, ...env });
    await eventually(() => gate.isFrozen);
    await running.kill();
    gate.open();
  };
  const expectBundlesIn = async (dataDir: string) => {
    for (const [index, { sha256 }] of bundles.entries()) {
      const bytes = await readFile(path.join(folder, dataDir, `bundles/v${index}.raucb`));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  };

  it('puts each bundle there once, and brings it back as a file', async () => {
    const there = ['--to-data-dir', 'data-s3', '--bundles', 's3://updates/fleet'];
    expect(await move(there)).toBe(2);
    expect(await move(there)).toBe(0);
    // Another installation finds the objects, and reads them before it relies on them.
    expect(await move(['--to-data-dir', 'data-s3-too', '--bundles', 's3://updates/fleet'])).toBe(0);
    expect(await readdir(path.join(folder, 'data-s3/bundles'))).toEqual([]);

    const back = ['--data-dir', 'data-s3', '--to-data-dir', 'data-back'];
    expect(await move(back, { BUNDLE_STORE: 's3://updates/fleet' })).toBe(2);
    await expectBundlesIn('data-back');
  });

  it('continues after it was killed in the middle of a bundle, on both ways', async () => {
    const there = ['--to-data-dir', 'data-killed', '--bundles', 's3://updates/killed'];
    await killed(12 << 20, there); // the first bundle is there by then
    expect(await readdir(path.join(folder, 'data-killed'))).not.toContain('server.db');
    expect(await move(there)).toBe(1);

    const back = ['--data-dir', 'data-killed', '--to-data-dir', 'data-killed-back'];
    await killed(5_000, back, { BUNDLE_STORE: 's3://updates/killed' }); // after some requests for the second
    expect(await readdir(path.join(folder, 'data-killed-back/bundles'))).not.toContain('v1.raucb');
    expect(await move(back, { BUNDLE_STORE: 's3://updates/killed' })).toBe(1);
    await expectBundlesIn('data-killed-back');
    expect(await readdir(path.join(folder, 'data-killed-back/bundles/.incoming'))).toEqual([]);
  });

  it('brings no bundle back whose object has other bytes, and names it', async () => {
    const there = ['--to-data-dir', 'data-wrong', '--bundles', 's3://updates/wrong'];
    expect(await move(there)).toBe(2);
    const body = await readFile(bundles[0]?.path ?? '');
    body[500] = (body[500] ?? 0) ^ 1;
    const bodySha256 = createHash('sha256').update(body).digest('hex');
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates', prefix: 'wrong/' }));
    await client.send({ method: 'PUT', key: `sha256/${bundles[0]?.sha256}`, body, bodySha256 });
    client.close();
    const back = ['--data-dir', 'data-wrong', '--to-data-dir', 'data-wrong-back'];
    const { code, stderr } = await run(process.execPath, [entryPoint, ...argumentsOf(back)], {
      cwd: folder,
      env: { ...store, BUNDLE_STORE: 's3://updates/wrong' },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'bundle-broken', message: expect.stringContaining('v0.raucb') as string },
    });
    expect(await readdir(path.join(folder, 'data-wrong-back'))).not.toContain('server.db');
  });
});

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { run, temporaryFolder } from '../support/programs';
import { startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { cli, entryPoint, startServer } from '../support/server-process';

jest.setTimeout(180_000);

describe('a move to an object store', () => {
  it('puts each bundle there once, and brings it back as a file', async () => {
    const rgw = await startRgw();
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates', prefix: 'fleet/' }));
    await client.send({ method: 'PUT', key: '' });
    client.close();
    const folder = await temporaryFolder();
    // The second is large enough for several parts.
    const bundles: readonly MadeBundle[] = await Promise.all([
      makeBundle({ version: '1.0.0' }),
      makeBundle({ version: '2.0.0', imageSizeBytes: 24 << 20 }),
    ]);
    const server = await startServer({ folder, env: { BUNDLE_KEYRING: bundles[0]?.keyringPath ?? '' } });
    for (const [index, bundle] of bundles.entries()) {
      const upload = ['bundle', 'upload', bundle.path, '--name', `v${index}.raucb`];
      expect((await cli(folder, ...upload, '--server', server.adminUrl)).code).toBe(0);
    }
    await server.stop();
    const store = {
      S3_ENDPOINT: rgw.endpoint,
      AWS_ACCESS_KEY_ID: rgw.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
    };
    const move = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
      const given = [entryPoint, 'move', '--to', 'sqlite', '--json', ...args];
      const { code, stdout, stderr } = await run(process.execPath, given, {
        cwd: folder,
        env: { ...store, ...env },
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return (JSON.parse(stdout) as Record<string, number>)['copied_bundles'];
    };
    const there = ['--to-data-dir', 'data-s3', '--bundles', 's3://updates/fleet'];
    expect(await move(there)).toBe(2);
    expect(await move(there)).toBe(0);
    // Another installation finds the objects, and reads them before it relies on them.
    expect(await move(['--to-data-dir', 'data-s3-too', '--bundles', 's3://updates/fleet'])).toBe(0);
    expect(await readdir(path.join(folder, 'data-s3/bundles'))).toEqual([]);

    const back = ['--data-dir', 'data-s3', '--to-data-dir', 'data-back'];
    expect(await move(back, { BUNDLE_STORE: 's3://updates/fleet' })).toBe(2);
    for (const [index, { sha256 }] of bundles.entries()) {
      const bytes = await readFile(path.join(folder, `data-back/bundles/v${index}.raucb`));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });
});

import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { elementsOf, textOf } from '../../src/store/s3/xml';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { startPostgres } from '../support/postgres';
import { run, temporaryFolder } from '../support/programs';
import { type Rgw, startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';
import { startTlsProxy } from '../support/tls-proxy';

const manifest = '/api/v1/manifest.json?compatible=my-board';

describe('a server with its state in PostgreSQL and its bundles in an object store with TLS', () => {
  let rgw: Rgw;
  let folder: string;
  let endpoint: string;
  let keys: Readonly<Record<string, string>>;
  let bundle: MadeBundle;
  let second: MadeBundle;
  let server: ServerProcess;

  beforeAll(async () => {
    const [postgres, gateway, made] = await Promise.all([
      startPostgres(),
      startRgw(),
      makeBundle({ compatible: 'my-board', version: '1.0.0', imageSizeBytes: 24 << 20 }),
    ]);
    [rgw, bundle] = [gateway, made];
    second = await makeBundle({ compatible: 'my-board', version: '2.0.0', imageSizeBytes: 1 << 20 });
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates' }));
    await client.send({ method: 'PUT', key: '' });
    client.close();
    const { port, ca } = await startTlsProxy(rgw.port);
    endpoint = `https://localhost:${port}`;
    keys = { AWS_ACCESS_KEY_ID: rgw.accessKeyId, AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey };
    folder = await temporaryFolder();
    const options = {
      DATABASE_URL: await postgres.create('updates'),
      BUNDLE_STORE: 's3://updates/fleet',
      S3_ENDPOINT: endpoint,
      S3_CA: ca,
      ...keys,
    };
    const lines = Object.entries(options).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(path.join(folder, '.env'), lines.join(''));
    server = await startServer({ folder });
    await cli(folder, 'cert', 'device', 'board-1');
  }, 240_000);

  const asDevice = async (address: string, at = server) => {
    const own = path.join(folder, 'certs/devices/board-1');
    const tls = [
      '--cacert',
      path.join(folder, 'certs/ca.crt'),
      '--cert',
      `${own}.crt`,
      '--key',
      `${own}.key`,
    ];
    const target = path.join(folder, 'answer');
    await rm(target, { force: true });
    const curl = ['-sS', '--fail-with-body', '--max-time', '60', ...tls, '-o', target];
    expect(await run('curl', [...curl, at.deviceUrl + address])).toMatchObject({ code: 0 });
    return await readFile(target);
  };
  const offered = async () => JSON.parse((await asDevice(manifest)).toString()) as unknown;

  const storedHashes = async () => {
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates', prefix: 'fleet/' }));
    const { body } = await client.send({ method: 'GET', key: '', query: { 'list-type': '2' } });
    client.close();
    return elementsOf(body.toString(), 'Contents').map((found) =>
      textOf(found, 'Key')?.replace('fleet/sha256/', ''),
    );
  };

  it('stores and releases a bundle, and a device downloads it', async () => {
    const upload = ['bundle', 'upload', bundle.path, '--name', 'one.raucb', '--activate'];
    const { code } = await cli(folder, ...upload, '--server', server.adminUrl, '--json');
    expect(code).toBe(0);
    expect(await offered()).toMatchObject({ filename: 'one.raucb', sha256: bundle.sha256 });
    expect((await asDevice('/bundles/one.raucb')).equals(await readFile(bundle.path))).toBe(true);
    expect(await storedHashes()).toEqual([bundle.sha256]);
    expect(await readdir(path.join(folder, 'data/bundles'))).toEqual(['.incoming']);
    await expect(access(path.join(folder, 'data/server.db'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('offers and serves it after a kill, without anything on its disk', async () => {
    await server.stop('SIGKILL');
    await rm(path.join(folder, 'data/bundle-cache'), { recursive: true });
    server = await startServer({ folder });
    expect(await offered()).toMatchObject({ filename: 'one.raucb', sha256: bundle.sha256 });
    expect((await asDevice('/bundles/one.raucb')).equals(await readFile(bundle.path))).toBe(true);
  });

  it('serves on one server what another one has just stored, and either of them deletes it', async () => {
    const other = await startServer({ folder, args: ['--data-dir', path.join(folder, 'data-b')] });
    const upload = ['bundle', 'upload', second.path, '--name', 'two.raucb', '--activate', '--yes'];
    expect((await cli(folder, ...upload, '--server', server.adminUrl)).code).toBe(0);
    expect((await asDevice('/bundles/two.raucb', other)).equals(await readFile(second.path))).toBe(true);
    const remove = await cli(folder, 'bundle', 'delete', 'one.raucb', '--force', '--server', other.adminUrl);
    expect(remove.code).toBe(0);
    expect(await storedHashes()).toEqual([second.sha256]);
    await other.stop();
  });

  it('serves a bundle that was lost once another server has stored it again', async () => {
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates', prefix: 'fleet/' }));
    const { sha256 } = JSON.parse((await asDevice(manifest)).toString()) as { readonly sha256: string };
    server.process.kill('SIGSTOP'); // it would put back what it has in its cache
    await client.send({ method: 'DELETE', key: `sha256/${sha256}` });
    client.close();
    const other = await startServer({ folder, args: ['--data-dir', path.join(folder, 'data-c')] });
    const answer = await asDevice(manifest, other).finally(() => server.process.kill('SIGCONT'));
    expect(JSON.parse(answer.toString())).toMatchObject({ bundle_url: '' });
    const upload = await cli(
      folder,
      'bundle',
      'upload',
      second.path,
      '--name',
      'two.raucb',
      '--server',
      server.adminUrl,
    );
    expect(upload.code).toBe(0);
    await eventually(async () => (await asDevice(manifest, other)).toString().includes('two.raucb'));
    expect((await asDevice('/bundles/two.raucb', other)).equals(await readFile(second.path))).toBe(true);
    await other.stop();
  });

  it.each([
    ['whose certificate comes from a CA that it does not know', {}],
    ['whose certificate comes from another CA than S3_CA', { S3_CA: 'certs/ca.crt' }],
    ['whose certificate is for another host', { host: '127.0.0.1' }],
  ])('does not start with a store %s', async (_, changes: { S3_CA?: string; host?: string }) => {
    const { S3_CA: ca, host } = changes;
    const right = (await readFile(path.join(folder, '.env'), 'utf8')).match(/^S3_CA=(.*)$/m)?.[1] ?? '';
    const other = ca === undefined ? {} : { S3_CA: path.join(folder, ca) };
    const refused = await run(process.execPath, [entryPoint, 'serve'], {
      cwd: await temporaryFolder(),
      env: {
        BUNDLE_STORE: 's3://updates/fleet',
        S3_ENDPOINT: endpoint.replace('localhost', host ?? 'localhost'),
        ...keys,
        ...(host === undefined ? other : { S3_CA: right }),
        ADMIN_PORT: '0',
        DEVICE_PORT: '0',
      },
    });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('the certificate of the object store cannot be verified');
  });
});

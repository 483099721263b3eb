import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Client } from '../../src/store/s3/s3-client';
import { elementsOf, textOf } from '../../src/store/s3/xml';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { type GateProxy, startGateProxy } from '../support/gate-proxy';
import { type ProgramResult, run, temporaryFolder } from '../support/programs';
import { type Rgw, startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

const cacheBytes = 40 << 20;

describe('a server with its bundles in an object store', () => {
  let rgw: Rgw;
  let gate: GateProxy;
  let client: S3Client;
  let folder: string;
  let server: ServerProcess;
  let one: MadeBundle;
  let two: MadeBundle;
  /** All that servers and commands have said. */
  let said = '';

  beforeAll(async () => {
    const made = ['1.0.0', '2.0.0'].map((version) =>
      makeBundle({ compatible: 'my-board', version, imageSizeBytes: 24 << 20 }),
    );
    rgw = await startRgw();
    [one, two] = (await Promise.all(made)) as [MadeBundle, MadeBundle];
    client = clientOf(rgw, locationOf(rgw, { bucket: 'updates', prefix: 'fleet/' }));
    await client.send({ method: 'PUT', key: '' });
    gate = await startGateProxy(rgw.port);
    folder = await temporaryFolder();
    const keys = `aws_access_key_id = ${rgw.accessKeyId}\naws_secret_access_key = ${rgw.secretAccessKey}\n`;
    await writeFile(path.join(folder, 'keys'), `[default]\n${keys}`);
    const options = [
      'BUNDLE_STORE=s3://updates/fleet',
      `S3_ENDPOINT=http://127.0.0.1:${gate.port}`,
      'AWS_SHARED_CREDENTIALS_FILE=keys',
      `BUNDLE_CACHE_SIZE=${cacheBytes}`,
    ];
    await writeFile(path.join(folder, '.env'), `${options.join('\n')}\n`);
    server = await startServer({ folder });
    await cli(folder, 'cert', 'device', 'board-1');
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    note(server.output);
    client.close();
    expect(said).not.toContain(rgw.secretAccessKey);
  });

  const note = ({ stdout, stderr }: Pick<ProgramResult, 'stdout' | 'stderr'>) => (said += stdout + stderr);
  const command = async (...args: string[]) => {
    const result = await cli(folder, ...args);
    note(result);
    return result;
  };
  const upload = ({ path: file }: MadeBundle, name: string) =>
    command('bundle', 'upload', file, '--name', name, '--server', server.adminUrl, '--json');
  const device = (...args: string[]) => {
    const own = path.join(folder, 'certs/devices/board-1');
    const tls = [
      '--cacert',
      path.join(folder, 'certs/ca.crt'),
      '--cert',
      `${own}.crt`,
      '--key',
      `${own}.key`,
    ];
    return run('curl', ['-sS', '--fail-with-body', '--max-time', '60', ...tls, ...args]);
  };
  const download = async (name: string, ...args: string[]) => {
    const target = path.join(folder, `download-${createHash('sha256').update(args.join()).digest('hex')}`);
    await rm(target, { force: true });
    const { code } = await device('-o', target, ...args, `${server.deviceUrl}/bundles/${name}`);
    return { code, bytes: await readFile(target).catch(() => Buffer.alloc(0)) };
  };
  const range = async (name: string, at: number) => (await download(name, '-r', `${at}-${at + 4095}`)).bytes;
  const rightRange = async ({ path: file }: MadeBundle, at: number) =>
    (await readFile(file)).subarray(at, at + 4096);
  const cacheFolder = () => path.join(folder, 'data/bundle-cache');
  const restart = async (isCold: boolean, signal: NodeJS.Signals = 'SIGTERM') => {
    await server.stop(signal);
    note(server.output);
    if (isCold) await rm(cacheFolder(), { recursive: true });
    server = await startServer({ folder });
  };
  const health = async () => {
    const answer = await fetch(`${server.adminUrl}/health`);
    return ((await answer.json()) as { readonly bundle_store: string }).bundle_store;
  };
  const list = async (query: Readonly<Record<string, string>>, element: string) => {
    const { body } = await client.send({ method: 'GET', key: '', query });
    return elementsOf(body.toString(), element).map((found) => textOf(found, 'Key'));
  };

  it('stores an upload in the bucket, and devices download its bytes', async () => {
    expect((await upload(one, 'one.raucb')).code).toBe(0);
    const { code, bytes } = await download('one.raucb');
    expect(code).toBe(0);
    expect(bytes.equals(await readFile(one.path))).toBe(true);
    expect(await list({ 'list-type': '2' }, 'Contents')).toEqual([`fleet/sha256/${one.sha256}`]);
    expect(await readdir(path.join(folder, 'data/bundles'))).toEqual(['.incoming']);
    expect(await health()).toBe('working');
    await command('config', 'show');
  });

  it('has nothing of an upload during which it is killed, and takes it again', async () => {
    gate.freeze(12 << 20);
    const broken = run('curl', [
      '-sS',
      '-F',
      `bundle=@${two.path};filename=two.raucb`,
      `${server.adminUrl}/upload`,
    ]);
    await eventually(() => gate.isFrozen);
    await server.stop('SIGKILL');
    gate.open();
    expect((await broken).code).not.toBe(0);
    expect(await list({ uploads: '' }, 'Upload')).toEqual([`fleet/sha256/${two.sha256}`]);
    server = await startServer({ folder });
    expect((await download('two.raucb')).code).not.toBe(0);
    expect((await upload(two, 'two.raucb')).code).toBe(0);
    expect((await download('two.raucb')).bytes.equals(await readFile(two.path))).toBe(true);
  });

  it('removes the bundle from its disk that was used longest ago', async () => {
    const names = async () => (await readdir(cacheFolder())).filter((name) => !name.startsWith('.'));
    await eventually(async () => (await names()).join() === two.sha256);
    expect((await stat(path.join(cacheFolder(), two.sha256))).size).toBeLessThanOrEqual(cacheBytes);
  });

  it('serves any range of a bundle that is not on its disk', async () => {
    await restart(true);
    for (const at of [20 << 20, 5_000, 11 << 20])
      expect((await range('one.raucb', at)).equals(await rightRange(one, at))).toBe(true);
  });

  it('serves right bytes after it was killed while a bundle arrived on its disk', async () => {
    await restart(true);
    gate.freeze(1_500); // after two requests or three
    const broken = download('one.raucb');
    await eventually(() => gate.isFrozen);
    await eventually(async () => (await readdir(cacheFolder())).includes(`${one.sha256}.part`));
    await server.stop('SIGKILL');
    gate.open();
    expect((await broken).code).not.toBe(0);
    await restart(false);
    expect((await download('one.raucb')).bytes.equals(await readFile(one.path))).toBe(true);
    await eventually(async () => (await readdir(cacheFolder())).includes(one.sha256));
  });

  it('takes an upload during which the store hangs', async () => {
    await client.send({ method: 'DELETE', key: `sha256/${two.sha256}` });
    gate.freeze(12 << 20);
    const uploading = upload(two, 'two.raucb');
    await eventually(() => gate.isFrozen);
    await eventually(async () => (await health()) === 'failing');
    gate.open();
    expect((await uploading).code).toBe(0);
    await restart(true);
    expect((await download('two.raucb')).bytes.equals(await readFile(two.path))).toBe(true);
  });

  it.each(['is away', 'hangs'])('says so while the store %s, and devices wait for it', async (how) => {
    await restart(true);
    if (how === 'hangs') gate.freeze();
    else gate.shut();
    const waiting = range('two.raucb', 9 << 20);
    await eventually(async () => (await health()) === 'failing');
    const { stdout } = await run('curl', ['-sS', `${server.adminUrl}/metrics`]);
    expect(stdout).toContain('rauc_bundle_store_working 0');
    gate.open();
    expect((await waiting).equals(await rightRange(two, 9 << 20))).toBe(true);
    await eventually(async () => (await health()) === 'working');
  });

  it('starts while the store is away, and serves what is on its disk', async () => {
    await download('two.raucb');
    await eventually(async () => (await readdir(cacheFolder())).includes(two.sha256));
    gate.shut();
    await restart(false);
    expect((await download('two.raucb')).bytes.equals(await readFile(two.path))).toBe(true);
    gate.open();
  });

  it('never serves wrong bytes, tells of them, and takes the right ones again', async () => {
    const body = await readFile(one.path);
    body[10 << 20] = (body[10 << 20] ?? 0) ^ 1;
    const bodySha256 = createHash('sha256').update(body).digest('hex');
    await client.send({ method: 'PUT', key: `sha256/${one.sha256}`, body, bodySha256 });
    await restart(true);
    const { code, bytes } = await download('one.raucb');
    expect(code).not.toBe(0);
    expect(bytes.equals(body.subarray(0, Math.min(bytes.length, 10 << 20)))).toBe(true);
    await eventually(() => server.output.stderr.includes('wrong bytes'));
    const { stdout } = await command('doctor', '--json');
    expect(stdout).toContain(`s3://updates/fleet/sha256/${one.sha256}`);
    expect((await upload(one, 'one.raucb')).code).toBe(0);
    await eventually(async () => (await download('one.raucb')).bytes.equals(await readFile(one.path)));
  });

  it('is archived without its bundles', async () => {
    const full = await command('backup', 'archives', '--bundles', 'full', '--no-certs');
    expect(full).toMatchObject({ code: 2, stderr: expect.stringContaining('--bundles reference') as string });
    const made = await command('backup', 'archives', '--no-certs', '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({ has_bundles: false, bundles: 2 });
  });

  it.each([
    ['a bucket that does not exist', { BUNDLE_STORE: 's3://no-such-bucket' }, 'no such bucket'],
    ['wrong credentials', { AWS_ACCESS_KEY_ID: 'UNKNOWN', AWS_SECRET_ACCESS_KEY: 'x' }, 'InvalidAccessKeyId'],
    ['a host that does not exist', { S3_ENDPOINT: 'http://store.invalid' }, 'store.invalid'],
    ['a server of another kind', { S3_ENDPOINT: 'admin' }, 'does not speak S3'],
    ['a server without TLS', { S3_ENDPOINT: 'tls' }, 'does not speak S3'],
  ])('does not start with %s, and says why', async (_, changes: Readonly<Record<string, string>>, why) => {
    const endpoints: Readonly<Record<string, string>> = {
      admin: server.adminUrl,
      tls: rgw.endpoint.replace('http', 'https'),
    };
    const { S3_ENDPOINT: endpoint = rgw.endpoint } = changes;
    const refused = await run(process.execPath, [entryPoint, 'serve'], {
      cwd: await temporaryFolder(),
      env: {
        BUNDLE_STORE: 's3://updates',
        AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'keys'),
        ADMIN_PORT: '0',
        DEVICE_PORT: '0',
        ...changes,
        S3_ENDPOINT: endpoints[endpoint] ?? endpoint,
      },
    });
    note(refused);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain(why);
  });
});

import { once } from 'node:events';
import { chmod, copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request as requestOverHttp } from 'node:http';
import { request } from 'node:https';
import { createServer, type AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { openCertificateFolder } from '../../src/pki/certificate-folder';
import { makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { run, temporaryFolder } from '../support/programs';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

/** Runs `serve` where it must end by itself. */
function serve(folder: string, env: Record<string, string> = {}, ...args: string[]) {
  return run(
    process.execPath,
    [entryPoint, 'serve', '--admin-port', '0', '--device-port', '0', '--device-host', '127.0.0.1', ...args],
    { cwd: folder, env },
  );
}

async function prepared(): Promise<string> {
  const folder = await temporaryFolder();
  expect((await cli(folder, 'cert', 'ca')).code).toBe(0);
  expect((await cli(folder, 'cert', 'server', '--name', 'localhost', '--ip', '127.0.0.1')).code).toBe(0);
  return folder;
}

describe('a start that cannot succeed ends with exit code 2 and the remedy', () => {
  it('names every bad value at once', async () => {
    const { code, stderr } = await serve(await temporaryFolder(), {
      ADMIN_PORT: 'eighty',
      UPLOAD_LIMIT: 'much',
      SERVER_URL: 'http://plain.example.com',
    });
    expect(code).toBe(2);
    for (const name of ['UPLOAD_LIMIT', 'SERVER_URL']) expect(stderr).toContain(name);
  });

  it.each([
    ['admin', '--admin-port', 'ADMIN_PORT'],
    ['device', '--device-port', 'DEVICE_PORT'],
  ])('says that the %s port is taken', async (_listener, flag, remedy) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { code, stderr } = await serve(
      await prepared(),
      {},
      flag,
      String((other.address() as AddressInfo).port),
    );
    other.close();
    expect(code).toBe(2);
    expect(stderr).toContain(remedy);
  });

  it('refuses tokens over plain HTTP off loopback, and says what to do', async () => {
    const env = { HAWKBIT_PORT: '0', HAWKBIT_SCHEME: 'http', HAWKBIT_HOST: '0.0.0.0' };
    const { code, stderr } = await serve(await temporaryFolder(), env);
    expect(code).toBe(2);
    expect(stderr).toContain('set HAWKBIT_HOST to 127.0.0.1 and put a reverse proxy before it, or use https');
  });

  it('says that the key does not match the certificate', async () => {
    const [folder, other] = [await prepared(), await prepared()];
    await copyFile(path.join(other, 'certs/server.key'), path.join(folder, 'certs/server.key'));
    const { code, stderr } = await serve(folder);
    expect(code).toBe(2);
    expect(stderr).toContain('server.key');
  });

  it('says that the key cannot be read', async () => {
    const folder = await prepared();
    await writeFile(path.join(folder, 'certs/server.key'), 'no key\n');
    const { code, stderr } = await serve(folder);
    expect(code).toBe(2);
    expect(stderr).toContain('server.key');
  });

  it('says that the certificate does not cover the host of SERVER_URL', async () => {
    const { code, stderr } = await serve(await prepared(), {
      SERVER_URL: 'https://updates.example.com:8443',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('cert server --name updates.example.com');
  });

  it('asks for an admin token before it listens off loopback', async () => {
    const { code, stderr } = await serve(await prepared(), { ADMIN_HOST: '0.0.0.0' });
    expect(code).toBe(2);
    expect(stderr).toContain('token create');
  });

  it('refuses a second server on the same data folder', async () => {
    const folder = await prepared();
    const first = await startServer({ folder });
    const { code, stderr } = await serve(folder);
    expect(code).toBe(2);
    expect(stderr).toContain(String(first.process.pid));
    expect(await first.stop()).toBe(0);
  });
});

describe('a running server', () => {
  it('runs without the key of the CA', async () => {
    const folder = await prepared();
    await rm(path.join(folder, 'certs/ca.key'));
    const server = await startServer({ folder });
    expect(await server.stop()).toBe(0);
  });

  it("answers hawkBit's clients that have a token, and does not start without the key of the tokens", async () => {
    const folder = await prepared();
    const server = await startServer({
      folder,
      args: ['--hawkbit-port', '0', '--hawkbit-host', '127.0.0.1'],
    });
    const { hawkbit_url: url } = JSON.parse(server.output.stdout) as { hawkbit_url: string };
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
    const made = await cli(folder, 'device', 'token', 'create', '--gateway', '--server', server.adminUrl);
    const poll = (token: string) =>
      run('curl', [
        ...['-s', '--cacert', path.join(folder, 'certs/ca.crt'), '-w', '%{http_code}'],
        ...['-H', `Authorization: GatewayToken ${token}`, `${url}DEFAULT/controller/v1/board-1`],
      ]);
    expect((await poll(made.stdout.trim())).stdout).toMatch(/"polling":\{"sleep":"00:05:00"\}.*200$/);
    expect((await poll('wrong')).stdout).toMatch(/401$/);
    expect(server.output.stderr).not.toContain(made.stdout.trim());
    expect(await server.stop()).toBe(0);
    await rm(path.join(folder, 'certs/device-tokens.key'));
    const { code, stderr } = await serve(folder, { HAWKBIT_PORT: '0', HAWKBIT_HOST: '127.0.0.1' });
    expect(code).toBe(2);
    expect(stderr).toContain('device-tokens.key, which unseals the tokens of devices, is missing');
    expect(stderr).toContain('device token remove --all');
  });

  it('prints where it is, what the certificate covers, where things are, and what to type next', async () => {
    const folder = await temporaryFolder();
    const server = await startServer({ folder });
    const banner = JSON.parse(server.output.stdout) as Record<string, unknown>;
    expect(banner).toMatchObject({
      admin_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) as string,
      device_url: expect.stringMatching(/^https:\/\/localhost:\d+\/$/) as string,
      certificate_names: expect.arrayContaining(['localhost', '127.0.0.1']) as string[],
      data_dir: path.join(folder, 'data'),
      certs_dir: path.join(folder, 'certs'),
      next: `node ${entryPoint} cert device board-1`,
    });
    expect(await server.stop()).toBe(0);
  });

  describe('with a download under way', () => {
    let folder: string;
    let server: ServerProcess;
    let download: IncomingMessage;

    beforeEach(async () => {
      folder = await prepared();
      server = await startServer({ folder, args: ['--shutdown-grace', '20s'] });
      expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
      const bundle = await makeBundle({ imageSizeBytes: 64 << 20, seed: 'large' });
      expect((await cli(folder, 'bundle', 'upload', bundle.path, '--server', server.adminUrl)).code).toBe(0);
      const [ca, cert, key] = await Promise.all(
        ['ca.crt', 'devices/board-1.crt', 'devices/board-1.key'].map((name) =>
          readFile(path.join(folder, 'certs', name)),
        ),
      );
      const asked = request(`${server.deviceUrl}/bundles/bundle.raucb`, {
        ca,
        cert,
        key,
        agent: false,
      }).end();
      [download] = (await once(asked, 'response')) as [IncomingMessage];
      expect(download.statusCode).toBe(200);
    });

    it('lets it finish, takes no new connection, closes the database, and exits with 0', async () => {
      server.process.kill('SIGTERM');
      while ((await run('curl', ['-s', `${server.adminUrl}/health`])).code === 0);
      let bytes = 0;
      for await (const piece of download) bytes += (piece as Buffer).length;
      expect(bytes).toBe(Number(download.headers['content-length']));
      expect(await server.exited).toBe(0);
      expect(await readdir(path.join(folder, 'data'))).not.toContain('server.db-wal');
    });

    it('ends at once on a second signal', async () => {
      download.on('error', () => undefined);
      server.process.kill('SIGTERM');
      while ((await run('curl', ['-s', `${server.adminUrl}/health`])).code === 0);
      const before = Date.now();
      server.process.kill('SIGTERM');
      expect(await server.exited).toBe(143);
      expect(Date.now() - before).toBeLessThan(5_000);
    });
  });
});

describe('SIGTERM while a bundle is being uploaded', () => {
  const bundlesOf = (folder: string) => path.join(folder, 'data/bundles');

  /** Sends the first half of a bundle, and waits until the server writes it. */
  async function begin(server: ServerProcess, folder: string) {
    const content = await readFile((await makeBundle({ imageSizeBytes: 4 << 20 })).path);
    const boundary = 'the-boundary';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="a.raucb"\r\n\r\n`;
    const upload = requestOverHttp(`${server.adminUrl}/upload`, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, accept: 'application/json' },
      agent: false,
    });
    const answered = new Promise<number | undefined>((resolve) => {
      upload.once('response', (answer) => resolve(answer.resume().statusCode));
      upload.once('error', () => resolve(undefined));
    });
    const half = content.length >> 1;
    upload.write(Buffer.concat([Buffer.from(head), content.subarray(0, half)]));
    await eventually(async () => {
      const [name] = await readdir(path.join(bundlesOf(folder), '.incoming'));
      return name !== undefined && (await stat(path.join(bundlesOf(folder), '.incoming', name))).size > 0;
    });
    const finish = () =>
      upload.end(Buffer.concat([content.subarray(half), Buffer.from(`\r\n--${boundary}--\r\n`)]));
    return { answered, finish };
  }

  const closed = (server: ServerProcess) =>
    eventually(async () => (await run('curl', ['-s', `${server.adminUrl}/health`])).code !== 0);

  it('lets the upload finish, and exits with 0', async () => {
    const folder = await prepared();
    const server = await startServer({ folder });
    const { answered, finish } = await begin(server, folder);
    server.process.kill('SIGTERM');
    await closed(server);
    finish();
    expect(await answered).toBe(201);
    expect(await server.exited).toBe(0);
    expect((await readdir(bundlesOf(folder))).sort()).toEqual(['.incoming', 'a.raucb']);
    expect(await readdir(path.join(bundlesOf(folder), '.incoming'))).toEqual([]);
  });

  it('cuts one that is still going on after SHUTDOWN_GRACE, leaves nothing of it, and exits with 0', async () => {
    const folder = await prepared();
    const server = await startServer({ folder, args: ['--shutdown-grace', '1s'] });
    const { answered } = await begin(server, folder);
    server.process.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(await answered).toBeUndefined();
    expect(server.output.stderr).not.toContain('not caught');
    expect(await readdir(bundlesOf(folder))).toEqual(['.incoming']);
    expect(await readdir(path.join(bundlesOf(folder), '.incoming'))).toEqual([]);
    expect(await readdir(path.join(folder, 'data'))).not.toContain('server.db-wal');
  });
});

it('a start with a key that others may read says so with the command that mends it, and goes on', async () => {
  const folder = await prepared();
  const key = path.join(folder, 'certs/ca.key');
  await chmod(key, 0o644);
  const server = await startServer({ folder });
  await server.stop();
  expect(server.output.stdout).toContain(`chmod 600 ${key}`);
  expect(server.output.stderr).toContain(`chmod 600 ${key}`);
});

/** A small disk, which nobody else sees, as the working directory of a server. */
function onDisk(mount: string, script: string): readonly string[] {
  return [
    'unshare',
    ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
    '--mount',
    ...['sh', '-ec', `mount -t tmpfs -o size=16m tmpfs "$0"; ${script}`, mount],
  ];
}

describe('on a disk that takes no writes', () => {
  it('a server runs, says so, answers devices, and stops with 0', async () => {
    const folder = await temporaryFolder();
    expect(await (await startServer({ folder })).stop()).toBe(0);
    await openCertificateFolder(path.join(folder, 'certs'), { now: () => new Date() }).createDevice({
      id: 'board-1',
    });
    const readOnly = 'cp -a . "$0"; mount -o remount,ro tmpfs "$0"; cd "$0"; exec "$@"';
    const server = await startServer({ folder, within: onDisk(await temporaryFolder(), readOnly) });

    const health = await run('curl', ['-sS', `${server.adminUrl}/health`]);
    expect(JSON.parse(health.stdout)).toMatchObject({ status: 'ok', storage: 'unwritable' });
    const overview = await run('curl', ['-sS', `${server.adminUrl}/api/overview`]);
    expect(overview.stdout).toContain('"storage-unwritable"');
    const [ca, cert, key] = ['ca.crt', 'devices/board-1.crt', 'devices/board-1.key'].map((name) =>
      path.join(folder, 'certs', name),
    ) as [string, string, string];
    const device = ['-sSf', '--cacert', ca, '--cert', cert, '--key', key];
    const manifest = await run('curl', [...device, `${server.deviceUrl}/api/v1/manifest.json`]);
    expect(JSON.parse(manifest.stdout)).toMatchObject({ bundle_url: '' });

    expect(await server.stop()).toBe(0);
    expect(server.output.stderr).toContain('cannot save changes: the data folder is read-only');
    expect(server.output.stderr).not.toContain('not caught');
  });

  it('the first start ever is refused with what to do, and the one after that, with room, is the first', async () => {
    const twice =
      'cd "$0"; cat /dev/zero >filler || true; "$@" || echo "ended with $?" >&2; rm filler; exec "$@"';
    const server = await startServer({
      folder: await temporaryFolder(),
      within: onDisk(await temporaryFolder(), twice),
    });
    expect(server.output.stderr).toMatch(/no space left to write.*Free some space.*ended with 2\n/s);
    expect((JSON.parse(server.output.stdout) as { made: string[] }).made).toHaveLength(2);
    expect(await server.stop()).toBe(0);
  });
});

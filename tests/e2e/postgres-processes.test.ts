import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { startRgw } from '../support/rgw';
import { clientOf, locationOf } from '../support/s3-storage';
import { cli, type ServerProcess, startServer } from '../support/server-process';

interface About {
  readonly servers: readonly { readonly name: string; readonly is_this: boolean; readonly leads: boolean }[];
}

const manifest = '/api/v1/manifest.json?compatible=my-board';

describe('a server that runs in three processes', () => {
  let postgres: Postgres;
  let folder: string;
  let bundle: MadeBundle;
  let server: ServerProcess;

  const start = () => startServer({ folder, args: ['--processes', '3'] });
  /** Over a connection of its own, which any process may get. */
  const about = async () =>
    JSON.parse((await mustRun('curl', ['-sS', '--fail', `${server.adminUrl}/api/about`])).stdout) as About;
  const pidOf = (name = '') => Number(name.split(':').at(-1));
  /** The ids of the processes that answer; each gets a new connection in turn. */
  async function answering(): Promise<ReadonlySet<number>> {
    const pids = new Set<number>();
    for (let asked = 0; asked < 12; asked += 1)
      pids.add(pidOf((await about()).servers.find(({ is_this: isThis }) => isThis)?.name));
    return pids;
  }
  /** A connection may still be given to a process that has just died. */
  const areThree = () => eventually(async () => (await answering().catch(() => new Set())).size === 3);
  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }
  const haveEnded = (pids: Iterable<number>) => eventually(() => ![...pids].some(isAlive));
  /** A device that gets a file; each call is a connection of its own. */
  async function asDevice(address: string): Promise<Buffer> {
    const own = path.join(folder, 'certs/devices/board-1');
    const target = path.join(folder, 'answer');
    const ca = path.join(folder, 'certs/ca.crt');
    const tls = ['--cacert', ca, '--cert', `${own}.crt`, '--key', `${own}.key`];
    await mustRun('curl', ['-sS', '--fail-with-body', ...tls, '-o', target, server.deviceUrl + address]);
    return await readFile(target);
  }

  beforeAll(async () => {
    const [database, rgw, made] = await Promise.all([
      startPostgres(),
      startRgw(),
      makeBundle({ compatible: 'my-board', version: '2.0.0', imageSizeBytes: 24 << 20 }),
    ]);
    [postgres, bundle] = [database, made];
    const client = clientOf(rgw, locationOf(rgw, { bucket: 'updates' }));
    await client.send({ method: 'PUT', key: '' });
    client.close();
    folder = await temporaryFolder();
    const options = {
      DATABASE_URL: await postgres.create('updates'),
      BUNDLE_STORE: 's3://updates/fleet',
      S3_ENDPOINT: rgw.endpoint,
      AWS_ACCESS_KEY_ID: rgw.accessKeyId,
      AWS_SECRET_ACCESS_KEY: rgw.secretAccessKey,
      BUNDLE_KEYRING: bundle.keyringPath,
    };
    const lines = Object.entries(options).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(path.join(folder, '.env'), lines.join(''));
    server = await start();
    await cli(folder, 'cert', 'device', 'board-1');
  }, 240_000);

  it('answers with each of them, and one leads', async () => {
    const pids = await answering();
    expect(pids.size).toBe(3);
    expect(pids).not.toContain(server.process.pid);
    const { servers } = await about();
    expect(servers).toHaveLength(3);
    expect(servers.filter(({ leads }) => leads)).toHaveLength(1);
  });

  it('serves with each what one of them has stored, and offers a place only once', async () => {
    const upload = ['bundle', 'upload', bundle.path, '--name', 'v2.raucb', '--server', server.adminUrl];
    expect((await cli(folder, ...upload)).code).toBe(0);
    const release = ['release', 'create', 'v2.raucb', '--at-a-time', '1', '--yes'];
    expect((await cli(folder, ...release, '--server', server.adminUrl)).code).toBe(0);
    const expected = await readFile(bundle.path);
    for (let asked = 0; asked < 6; asked += 1) {
      const offer = JSON.parse((await asDevice(manifest)).toString()) as { readonly filename?: string };
      expect(offer.filename).toBe('v2.raucb');
      expect((await asDevice('/bundles/v2.raucb')).equals(expected)).toBe(true);
    }
    const list = await mustRun('curl', ['-sS', '--fail', `${server.adminUrl}/api/installations`]);
    expect((JSON.parse(list.stdout) as { readonly installations: unknown[] }).installations).toHaveLength(1);
  });

  it('replaces those that are killed, also the leader', async () => {
    for (const isLeader of [true, false]) {
      const { servers } = await about();
      const before = await answering();
      const chosen = servers.find(({ leads, name }) => leads === isLeader && before.has(pidOf(name)));
      const killed = pidOf(chosen?.name);
      process.kill(killed, 'SIGKILL');
      await haveEnded([killed]);
      await areThree();
      expect((await asDevice(manifest)).length).toBeGreaterThan(0);
      const after = await answering();
      expect(after).not.toContain(killed);
      expect([...after].filter((pid) => before.has(pid))).toHaveLength(2);
    }
    await eventually(async () => (await about()).servers.filter(({ leads }) => leads).length === 1);
    expect(server.process.exitCode).toBeNull();
  });

  it('ends with all of them when it is stopped, and none is replaced', async () => {
    const pids = await answering();
    const { length } = server.output.stderr;
    expect(await server.stop('SIGTERM')).toBe(0);
    expect([...pids].filter(isAlive)).toEqual([]);
    expect(server.output.stderr.slice(length)).not.toContain('another one replaces it');
  });

  it('finishes a download when a terminal or systemd signals all of them', async () => {
    server = await start();
    const pids = await answering();
    const target = path.join(folder, 'slow');
    const own = path.join(folder, 'certs/devices/board-1');
    const tls = [
      '--cacert',
      path.join(folder, 'certs/ca.crt'),
      '--cert',
      `${own}.crt`,
      '--key',
      `${own}.key`,
    ];
    const slow = ['--limit-rate', '8M', '-o', target, `${server.deviceUrl}/bundles/v2.raucb`];
    const download = run('curl', ['-sS', '--fail-with-body', ...tls, ...slow]);
    await eventually(async () => (await stat(target).catch(() => ({ size: 0 }))).size > 0);
    for (const pid of [...pids, Number(server.process.pid)]) process.kill(pid, 'SIGTERM');
    expect(await server.exited).toBe(0);
    expect(await download).toMatchObject({ code: 0 });
    expect((await readFile(target)).equals(await readFile(bundle.path))).toBe(true);
    expect([...pids].filter(isAlive)).toEqual([]);
  });

  it('ends with all of them when the first process is killed', async () => {
    server = await start();
    const pids = await answering();
    await server.stop('SIGKILL');
    await haveEnded(pids);
  });

  it('refuses a folder that another server uses', async () => {
    server = await start();
    const second = await cli(folder, 'serve', '--processes', '2', '--admin-port', '0', '--device-port', '0');
    expect(second).toMatchObject({ code: 2 });
    expect(second.stderr).toContain('is running on');
    expect((await answering()).size).toBe(3);
  });

  it('ends with 70 once none of them can run, such as after an upgrade by a newer version', async () => {
    const pids = await answering();
    await postgres.run('UPDATE schema_version SET version = version + 1, oldest = version + 1', 'updates');
    await eventually(async () => {
      await cli(folder, 'device', 'create', 'board-2', '--server', server.adminUrl); // each ends when it is to write
      return server.process.exitCode !== null;
    });
    expect(await server.exited).toBe(70);
    expect([...pids].filter(isAlive)).toEqual([]);
  });
});

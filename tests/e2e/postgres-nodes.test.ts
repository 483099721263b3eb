import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { connectDevice } from '../support/device-client';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';
import { SseReader } from '../support/sse-reader';

jest.setTimeout(300_000);

/** A server that stood still for so long notices it. */
const noticedAfterMs = 10_500;

interface ServerFacts {
  readonly name: string;
  readonly leads: boolean;
  readonly is_this: boolean;
  readonly behind: number;
}

/** Two processes with data folders of their own, and one database. */
describe('two servers on one PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let folder: string;
  let first: MadeBundle;
  let second: MadeBundle;
  let a: ServerProcess;
  let b: ServerProcess;

  const of = (...names: string[]) => path.join(folder, ...names);
  const start = (name: string) =>
    startServer({
      folder,
      env: {
        DATABASE_URL: url,
        DATA_DIR: of('data'),
        BUNDLE_KEYRING: first.keyringPath,
        HAWKBIT_PORT: '0',
        HAWKBIT_HOST: '127.0.0.1',
        HAWKBIT_SCHEME: 'http',
      },
      args: ['--data-dir', of(name)],
    });
  const command = (args: readonly string[], server?: ServerProcess) =>
    mustRun(
      process.execPath,
      [entryPoint, ...args, ...(server === undefined ? [] : ['--server', server.adminUrl])],
      {
        cwd: folder,
        env: { DATABASE_URL: url, DATA_DIR: of('data-a') },
      },
    );
  const get = async (server: ServerProcess, where: string) =>
    (await (await fetch(`${server.adminUrl}${where}`)).json()) as Record<string, unknown>;
  const servers = async (server: ServerProcess) =>
    (await get(server, '/api/about'))['servers'] as readonly ServerFacts[];
  const leads = async (server: ServerProcess) => (await get(server, '/health'))['leads'] === true;
  /** A real curl of a device. */
  const curl = async (device: string, ...args: readonly string[]) => {
    const own = of('certs/devices', device);
    const tls = ['--cacert', of('certs/ca.crt'), '--cert', `${own}.crt`, '--key', `${own}.key`];
    return (await mustRun('curl', ['-sS', '--fail-with-body', ...tls, ...args])).stdout;
  };
  /** A device with an open connection, which has booted. */
  const connect = async (server: ServerProcess, device: string, boot: string) => {
    const own = of('certs/devices', device);
    const files = { ca: of('certs/ca.crt'), cert: `${own}.crt`, key: `${own}.key` };
    const client = await connectDevice(server.deviceUrl, files, 'HTTP/2');
    const headers = { 'RAUC-System-Version': boot, 'RAUC-Boot-ID': boot };
    const ask = async () =>
      (await client.request('/api/v1/manifest.json?compatible=test-board', headers)).status;
    const report = async (message: string) => {
      const body = JSON.stringify({ state: 'failed', transaction_id: 'try-1', message });
      return (await client.request('/api/v1/status', headers, 'POST', body)).status;
    };
    expect(await ask()).toBe(200);
    return { ask, report };
  };
  /** What a device is told to install. */
  const told = async (server: ServerProcess, device: string, ...headers: readonly string[]) => {
    const manifest = `${server.deviceUrl}/api/v1/manifest.json?compatible=test-board`;
    const stdout = await curl(device, ...headers.flatMap((header) => ['-H', header]), manifest);
    return (JSON.parse(stdout) as { readonly bundle_url?: string | null }).bundle_url ?? '';
  };
  /** Creates a device of hawkBit's, and returns its token. */
  const tokenOf = async (server: ServerProcess, id: string) => {
    const body = JSON.stringify([{ controllerId: id, name: id }]);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.adminUrl}/rest/v1/targets`, { method: 'POST', headers, body });
    const [made] = (await answer.json()) as readonly { readonly securityToken: string }[];
    return made?.securityToken ?? '';
  };
  const pollByToken = async (server: ServerProcess, id: string, token: string) => {
    const { hawkbit_url: url } = JSON.parse(server.output.stdout) as { readonly hawkbit_url: string };
    const headers = { authorization: `TargetToken ${token}` };
    return (await fetch(new URL(`DEFAULT/controller/v1/${id}`, url), { headers })).status;
  };
  const step = async (server: ServerProcess, bundle: string) => {
    const { releases } = (await get(server, '/api/releases')) as {
      readonly releases: readonly {
        readonly bundle: string;
        readonly rollout: { readonly step: number };
      }[];
    };
    return releases.find((release) => release.bundle === bundle)?.rollout.step;
  };
  const installations = async (server: ServerProcess) =>
    (
      (await get(server, '/api/installations?limit=100'))['installations'] as readonly {
        readonly device: string;
      }[]
    ).map(({ device }) => device);

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create('updates');
    folder = await temporaryFolder();
    first = await makeBundle({ version: '2.0.0' });
    second = await makeBundle({ version: '3.0.0' });
    await Promise.all(['data-a', 'data-b'].map((name) => mkdir(of(name))));
    a = await start('data-a');
    b = await start('data-b');
    for (const device of ['one', 'two', 'three']) await command(['cert', 'device', device]);
  });

  it('run at once, and each says who leads', async () => {
    for (const server of [a, b])
      expect(
        (await servers(server)).map(({ leads: isLeader, is_this: isThis }) => [isLeader, isThis]),
      ).toEqual([
        [true, server === a],
        [false, server === b],
      ]);
    const metrics = await (await fetch(`${b.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^rauc_node_leader 0$/m);
    expect(metrics).toMatch(/^rauc_catalog_version \d+$/m);
  });

  it('offer a release that the other one made within a second, and give away a place only once', async () => {
    await command(['bundle', 'upload', first.path, '--name', 'v2.raucb'], a);
    await command(['release', 'create', 'v2.raucb', '--at-a-time', '1', '--yes'], a);
    const releasedAt = performance.now();
    await eventually(
      async () =>
        (await get(b, '/health'))['catalog_version'] === (await get(a, '/health'))['catalog_version'],
    );
    expect(performance.now() - releasedAt).toBeLessThan(1_000);
    const offers = await Promise.all([told(a, 'one'), told(b, 'two')]);
    expect(offers.filter((offer) => offer !== '')).toHaveLength(1);
    expect(await installations(b)).toHaveLength(1);
  });

  it('send lines of the journal that the other one wrote, each once and in order', async () => {
    const reader = await SseReader.open(`${b.adminUrl}/api/events`, 0);
    const made = () =>
      reader.events.filter(
        ({ kind, data }) => kind === 'device.registered' && (data.device ?? '').startsWith('made-'),
      );
    for (let index = 0; index < 6; index += 1) {
      await command(['device', 'create', `made-${index}`], index % 2 === 0 ? a : b);
      await eventually(() => made().length > index, 10_000); // without the look each second it would take 15
    }
    expect(made().map(({ data }) => data.device)).toEqual(
      Array.from({ length: 6 }, (_, index) => `made-${index}`),
    );
    const ids = reader.events.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((x, y) => x - y));
    reader.close();
  });

  it('lead once the leader is frozen, which leads no more when it wakes up, and works on', async () => {
    const before = await connect(a, 'three', 'first-boot');
    const token = await tokenOf(a, 'four');
    a.process.kill('SIGSTOP');
    const stoppedAt = performance.now();
    const left = [before.ask(), before.report('from before the boot'), pollByToken(a, 'four', token)];
    await connect(b, 'three', 'second-boot');
    await eventually(() => leads(b));
    const frozenMs = performance.now() - stoppedAt;
    expect(frozenMs).toBeLessThan(30_000);
    await delay(Math.max(0, noticedAfterMs - frozenMs));
    a.process.kill('SIGCONT');
    // The device has booted meanwhile. The other one is not yet connected as far as the server knows.
    expect(await Promise.all(left)).toEqual([503, 503, 503]);
    expect(a.output.stderr).toContain('the process stood still');
    expect(await get(b, '/api/devices/three')).toMatchObject({
      system_version: 'second-boot',
      second_board: null,
    });
    expect(await get(b, '/api/devices/four')).toMatchObject({ last_contact_at: null });
    await eventually(async () => !(await leads(a)));
    expect(await leads(b)).toBe(true);
    await command(['device', 'create', 'after-the-frost'], a);
    expect(a.process.exitCode).toBeNull();
  });

  it('lead at once when the leader stops, and advance its rollouts within seconds when it is killed', async () => {
    await b.stop('SIGTERM');
    await eventually(() => leads(a), 10_000);
    b = await start('data-b');
    await command(['cert', 'device', 'ahead']);
    await command(['device', 'create', 'ahead', '--label', 'lab'], a);
    const steps = ['--steps', 'group:lab,100', '--promote-at', '100', '--yes'];
    await command(['bundle', 'upload', second.path, '--name', 'v3.raucb', '--activate', ...steps], a);
    const offer = await told(a, 'ahead', 'RAUC-System-Version: 2.0.0', 'RAUC-Boot-ID: first');
    await curl('ahead', '-o', of('v3.raucb'), offer);
    await a.stop('SIGKILL');
    await told(b, 'ahead', 'RAUC-System-Version: 3.0.0', 'RAUC-Boot-ID: second'); // which proves the first step
    expect([await leads(b), await step(b, 'v3.raucb')]).toEqual([false, 1]);
    await eventually(async () => (await step(b, 'v3.raucb')) === 2);
    expect(await leads(b)).toBe(true);
    expect((await run('curl', ['-sS', `${b.adminUrl}/health`])).code).toBe(0);
  });
});

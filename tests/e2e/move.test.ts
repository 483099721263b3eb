import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { allRows } from '../support/all-rows';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { hashesOf } from '../support/file-hashes';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

const password = 's3cret-of-the-database';

describe('an installation that moves', () => {
  let postgres: Postgres;
  let folder: string;
  let bundle: MadeBundle;
  let server: ServerProcess | undefined;
  let token = '';
  let said = '';
  let url = '';

  const of = (...names: string[]) => path.join(folder, ...names);
  const start = async (env: Readonly<Record<string, string>>) => {
    server = await startServer({
      folder,
      env: { BUNDLE_KEYRING: bundle.keyringPath, WEBHOOK_ALLOW_LOCAL: 'true', ...env },
    });
    return server;
  };
  const command = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const result = await run(process.execPath, [entryPoint, ...args], { cwd: folder, env });
    said += result.stdout + result.stderr;
    return result;
  };
  const succeed = async (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const result = await command(args, env);
    expect({ code: result.code, stderr: result.code === 0 ? '' : result.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    return result;
  };
  const moveOut = (dataDir: string, env: NodeJS.ProcessEnv = {}) =>
    command(['move', '--to-data-dir', dataDir, '--json'], { MOVE_TO_URL: url, ...env });
  const ask = async (where: string): Promise<unknown> => {
    const bearer = { headers: { Authorization: `Bearer ${token}` } };
    const answer = await fetch(`${server?.adminUrl}${where}`, bearer);
    expect([where, answer.status]).toEqual([where, 200]);
    return answer.json();
  };
  /** What a real curl is told as board-1, with the headers that identify the answer. */
  const told = async () => {
    const own = of('certs/devices/board-1');
    const tls = ['--cacert', of('certs/ca.crt'), '--cert', `${own}.crt`, '--key', `${own}.key`];
    const manifest = `${server?.deviceUrl}/api/v1/manifest.json?compatible=test-board`;
    const { stdout } = await mustRun('curl', ['-sS', '--fail-with-body', ...tls, manifest]);
    const json = JSON.parse(stdout) as Record<string, unknown>;
    return { ...json, bundle_url: String(json['bundle_url']).replace(/:\d+/, '') };
  };
  const installations = () => ask('/api/installations?device=board-1');
  const journal = async () => ((await ask('/api/events?limit=200')) as { events: { id: number }[] }).events;
  const history = () => ask('/api/history');

  beforeAll(async () => {
    postgres = await startPostgres();
    url = (await postgres.create('updates')).replace('postgres@', `postgres:${password}@`);
    bundle = await makeBundle({ version: '2.0.0' });
    folder = await temporaryFolder();
    await start({});
    const admin = ['--server', server?.adminUrl ?? ''];
    await succeed(['cert', 'device', 'board-1']);
    await succeed(['bundle', 'upload', bundle.path, '--name', 'v2.raucb', '--activate', ...admin]);
    await succeed(['webhook', 'create', 'ci', 'https://127.0.0.1:9/hook', ...admin]);
    await told();
    await succeed(['device', 'label', 'board-1', 'lab', ...admin]);
    const created = await succeed(['token', 'create', 'ci', '--scope', 'admin', '--json']);
    token = (JSON.parse(created.stdout) as { secret: string }).secret;
  });
  afterAll(() => {
    expect(said).not.toContain(password);
  });

  it('is the same in PostgreSQL, and back in SQLite, and is left as it was', async () => {
    const answer = await told();
    await eventually(
      async () => ((await ask('/health')) as { unsaved_devices: number }).unsaved_devices === 0,
    );
    const before = { told: answer, installations: await installations(), journal: await journal() };
    await server?.stop('SIGKILL'); // the -wal file stays
    const source = await hashesOf(of('data'));
    expect(Object.keys(source)).toContain('server.db-wal');

    const out = await moveOut('data-pg');
    expect({ code: out.code, stderr: out.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(out.stdout)).toMatchObject({ bundles: 1, copied_bundles: 1 });
    expect(await hashesOf(of('data'))).toEqual(source);
    expect((await readdir(of('data-pg'))).sort()).toEqual(['bundles', 'database.marker', 'server.lock']);

    const back = ['move', '--to', 'sqlite', '--data-dir', 'data-pg', '--to-data-dir', 'data-back'];
    await succeed(back, { DATABASE_URL: url });
    await cp(of('data'), of('data-copy'), { recursive: true });
    expect(allRows(of('data-back/server.db'))).toEqual(allRows(of('data-copy/server.db')));
    await rm(of('data-copy'), { recursive: true });

    for (const env of [{ DATA_DIR: 'data-pg', DATABASE_URL: url }, { DATA_DIR: 'data-back' }]) {
      await start(env);
      expect(await installations()).toEqual(before.installations); // a poll may renew the offer
      expect(await told()).toEqual(before.told);
      const lines = await journal();
      expect(lines.slice(-before.journal.length)).toEqual(before.journal);
      expect(Math.min(...lines.slice(0, -before.journal.length).map(({ id }) => id))).toBeGreaterThan(
        before.journal[0]?.id ?? Infinity,
      );
      expect(await ask('/api/webhooks')).toMatchObject({ webhooks: [{ name: 'ci' }] });
      expect(await history()).toBeDefined();
      expect(await server?.stop()).toBe(0);
    }
  });
});

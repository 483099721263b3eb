import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { type Postgres, startPostgres } from '../support/postgres';
import { run, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

const password = 's3cret-of-the-database';

/** What a server with its state in PostgreSQL is asked before it is archived, and after. */
describe('a backup of a server with its state in PostgreSQL', () => {
  let postgres: Postgres;
  let folder: string;
  let bundle: MadeBundle;
  let server: ServerProcess | undefined;
  let archive = '';
  let token = '';
  let before: Awaited<ReturnType<typeof state>>;
  let said = '';

  const of = (...names: string[]) => path.join(folder, ...names);
  const start = async (env: Readonly<Record<string, string>>) => {
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundle.keyringPath, ...env } });
  };
  const create = async (name: string) =>
    (await postgres.create(name)).replace('postgres@', `postgres:${password}@`);
  const command = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const result = await run(process.execPath, [entryPoint, ...args], { cwd: folder, env });
    said += result.stdout + result.stderr;
    return result;
  };
  const succeed = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { code, stdout, stderr } = await command(args, env);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const ask = async (where: string) => {
    const answer = await fetch(`${server?.adminUrl}${where}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect([where, answer.status]).toEqual([where, 200]);
    return (await answer.json()) as Record<string, unknown>;
  };
  const state = async () => ({
    bundles: await ask('/api/bundles'),
    devices: await ask('/api/devices'),
    events: ((await ask('/api/events?limit=200'))['events'] as { id: number }[]).map(({ id }) => id),
  });
  const rollouts = async () =>
    ((await ask('/api/releases'))['releases'] as { rollout: { state: string } }[]).map(
      (release) => release.rollout.state,
    );

  beforeAll(async () => {
    postgres = await startPostgres();
    const url = await create('updates');
    bundle = await makeBundle({ version: '2.0.0' });
    folder = await temporaryFolder();
    await start({ DATABASE_URL: url, DATA_DIR: 'data-1' });
    const admin = ['--server', server?.adminUrl ?? ''];
    await succeed(['bundle', 'upload', bundle.path, '--name', 'v2.raucb', '--activate', ...admin]);
    await succeed(['device', 'create', 'board-1', ...admin]);
    await succeed(['device', 'label', 'board-1', 'lab', ...admin]);
    const created = await succeed(['token', 'create', 'ci', '--scope', 'admin', '--json'], {
      DATABASE_URL: url,
    });
    token = (JSON.parse(created) as { secret: string }).secret;
    before = await state();
    const env = { DATABASE_URL: url, DATA_DIR: 'data-1' };
    const made = await succeed(['backup', 'kept', '--no-certs', '--json'], env);
    archive = (JSON.parse(made) as { file: string }).file;
  });
  afterAll(() => expect(said).not.toContain(password));

  it('is taken while the server runs', async () => {
    expect(before.events.length).toBeGreaterThan(2);
    expect(await readdir(of('kept'))).toEqual([path.basename(archive)]);
    expect(await server?.stop()).toBe(0);
  });

  it.each([
    ['another PostgreSQL database', () => create('again')],
    ['SQLite', () => Promise.resolve('')],
  ])('is restored into %s, with every rollout paused', async (title, open) => {
    const env = { DATABASE_URL: await open(), DATA_DIR: title === 'SQLite' ? 'data-sqlite' : 'data-2' };
    const restored = JSON.parse(await succeed(['restore', archive, '--json'], env)) as object;
    expect(restored).toMatchObject({ bundles: 1, kept_database: null, missing_bundles: [] });
    await start(env);
    const after = await state();
    expect(after.bundles).toEqual(before.bundles);
    expect(after.devices).toEqual(before.devices);
    expect(after.events.slice(-before.events.length)).toEqual(before.events);
    expect(await rollouts()).toEqual(['paused']);
    expect(await server?.stop()).toBe(0);
  });

  it('replaces no installation, and none on which a server runs', async () => {
    const url = await create('taken');
    const env = { DATABASE_URL: url, DATA_DIR: 'data-3' };
    await succeed(['restore', archive], env);
    const again = await command(['restore', archive, '--force', '--json'], env);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain('Restore into an empty database');

    await start(env);
    const meanwhile = await command(['restore', archive, '--json'], { ...env, DATA_DIR: 'data-4' });
    expect(meanwhile.code).not.toBe(0);
    expect(meanwhile.stderr).toContain('servers are running on this database');
    expect(await server?.stop()).toBe(0);
  });

  it('says what to do when there is nothing to archive', async () => {
    const { code, stderr } = await command(['backup', 'nothing', '--no-certs', '--json'], {
      DATABASE_URL: await create('nothing'),
      DATA_DIR: 'data-5',
    });
    expect(code).not.toBe(0);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'not-found' } });
    expect(await readdir(folder)).not.toContain('nothing');
  });
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFile } from 'node:fs/promises';
import { eventually } from '../support/eventually';
import { startPostgres, type Postgres } from '../support/postgres';
import { run, temporaryFolder } from '../support/programs';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';

const password = 's3cret-of-the-database';

describe('a server on PostgreSQL', () => {
  let postgres: Postgres;
  let folder: string;
  let url: string;
  let server: ServerProcess;
  /** All that servers and commands have said. */
  let said = '';

  beforeAll(async () => {
    const logging = ['logging_collector=on', 'log_filename=statements', 'log_statement=all'];
    postgres = await startPostgres({ settings: logging });
    folder = await temporaryFolder();
    url = (await postgres.create('updates')).replace('postgres@', `postgres:${password}@`);
    await writeFile(path.join(folder, '.env'), `DATABASE_URL=${url}\n`);
    server = await startServer({ folder });
  });
  afterAll(() => {
    said += server.output.stdout + server.output.stderr;
    expect(said).not.toContain(password);
  });

  const command = async (...args: string[]) => {
    const result = await run(process.execPath, [entryPoint, ...args], { cwd: folder });
    said += result.stdout + result.stderr;
    return result;
  };
  const get = async (where: string) => {
    const answer = await fetch(`${server.adminUrl}${where}`);
    const text = await answer.text();
    said += text;
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> };
  };
  const restart = async (signal: NodeJS.Signals) => {
    await server.stop(signal);
    said += server.output.stdout + server.output.stderr;
    server = await startServer({ folder });
  };
  const isHealthy = async () => (await get('/health')).status === 200;
  const addDevice = (id: string) => command('device', 'create', id, '--server', server.adminUrl);
  const devices = async () => {
    const { body } = await get('/api/devices');
    return (body['devices'] as readonly { readonly id: string }[]).map(({ id }) => id).sort();
  };

  it('has its connections prepare what polls ask', async () => {
    expect((await get('/api/devices/board-1')).status).toBe(404);
    const statements = path.join(postgres.dataFolder, 'log/statements');
    await eventually(async () => /execute prepared-\d+: /.test(await readFile(statements, 'utf8')));
  });

  it('says which database it uses, and nowhere its password', async () => {
    const { body } = await get('/api/about');
    expect(body).toMatchObject({ sqlite: null, postgresql: expect.stringMatching(/^1\d\./) as string });
    expect(body['options']).toContainEqual(expect.objectContaining({ name: 'DATABASE_URL', value: 'set' }));
    expect((await command('config', 'show')).code).toBe(0);
    await command('doctor', '--quick');
    said += await readFile(`/proc/${server.process.pid}/cmdline`, 'utf8');
    const typed = await command('serve', '--database-url', url);
    expect(typed.code).toBe(2);
  });

  it('keeps devices and tokens when it is killed and starts again', async () => {
    expect((await addDevice('board-1')).code).toBe(0);
    expect((await command('token', 'create', 'ci', '--scope', 'read')).code).toBe(0);
    await restart('SIGKILL');
    expect(await devices()).toEqual(['board-1']);
    expect((await command('token', 'list')).stdout).toContain('ci');
  });

  it('keeps away whoever wants the database for itself, and says who runs there', async () => {
    const moved = await command(
      'move',
      '--to',
      'sqlite',
      '--data-dir',
      await temporaryFolder(), // that of the server is locked, too
      '--to-data-dir',
      path.join(await temporaryFolder(), 'data'),
    );
    expect(moved.code).not.toBe(0);
    expect(moved.stderr).toContain(`:${server.process.pid}`);
    expect(await isHealthy()).toBe(true);
  });

  it('goes on when every connection is terminated', async () => {
    await postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );
    await eventually(async () => (await addDevice('board-2')).code === 0);
    await eventually(isHealthy);
    expect(await devices()).toEqual(['board-1', 'board-2']);
  });

  it('says so while the database is away, and recovers by itself', async () => {
    await postgres.stop();
    await eventually(async () => (await get('/health')).status === 503);
    expect((await get('/health')).body).toMatchObject({
      code: 'unavailable',
      reason: 'database-away',
    });
    expect((await get('/api/devices')).status).toBe(503);
    await postgres.start();
    await eventually(isHealthy);
    expect((await addDevice('board-3')).code).toBe(0);
    expect(server.process.exitCode).toBeNull();
  });

  it('ends when a newer version has upgraded its database', async () => {
    await postgres.run('UPDATE schema_version SET version = version + 1, oldest = version + 1', 'updates');
    await addDevice('board-4');
    expect(await server.exited).toBe(70);
    expect(server.output.stderr).toContain('a newer version of the server has upgraded the database');
    expect((await command('doctor', '--quick', '--json')).stdout).toContain('database-of-newer-version');
    await postgres.run('UPDATE schema_version SET version = version - 1, oldest = version - 1', 'updates');
    await restart('SIGTERM');
    expect(await devices()).toEqual(['board-1', 'board-2', 'board-3']);
  });

  it('refuses a folder that has a database of its own', async () => {
    const embedded = await temporaryFolder();
    await (await startServer({ folder: embedded })).stop();
    const env = { DATABASE_URL: url, ADMIN_PORT: '0', DEVICE_PORT: '0' };
    const refused = await run(process.execPath, [entryPoint, 'serve'], { cwd: embedded, env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('server.db') as string });
  });
});

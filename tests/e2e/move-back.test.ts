import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { allRows } from '../support/all-rows';
import { beginCommand } from '../support/begun-command';
import { makeBundle } from '../support/bundle-factory';
import { copyStopped } from '../support/copy-stopped';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { entryPoint } from '../support/server-process';
import { openServices } from '../support/services';

const now = () => new Date();
const person = { name: 'local', address: null };
const bundleBytes = 3 << 20;

describe('a move from PostgreSQL to SQLite', () => {
  let postgres: Postgres;
  let folder: string;
  let url: string;
  /** What every copy should have. */
  let rows: ReturnType<typeof allRows>;

  const at = (...names: string[]) => path.join(folder, ...names);
  const command = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, [entryPoint, 'move', '--json', ...args], { cwd: folder, env });
  const back = (dataDir: string) => ['--data-dir', 'data-pg', '--to', 'sqlite', '--to-data-dir', dataDir];

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create('updates');
    folder = await temporaryFolder();
    const opened = await openServices({ dataDir: at('data'), now });
    const { path: file } = await makeBundle({ version: '1.0.0', imageSizeBytes: bundleBytes });
    await opened.publish(file, { name: 'v1.raucb' });
    for (const id of ['board-1', 'board-2'])
      await opened.services.manageDevices.create(id, { notes: 'beside the door' }, person);
    await opened.close();
    expect(await command(['--to', url, '--to-data-dir', 'data-pg'])).toMatchObject({ code: 0 });
    await copyStopped(at('data'), at('data-copy'));
    rows = allRows(at('data-copy/server.db'));
  });

  it('leaves no database when it is killed among the rows, and then continues', async () => {
    const client = new Client(url);
    await client.connect();
    await client.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE'); // devices are copied before
    const running = beginCommand(folder, ['move', ...back('data-1')], { DATABASE_URL: url });
    await eventually(async () => {
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      return (await postgres.run(waiting)).length > 0;
    });
    await running.kill();
    await client.query('ROLLBACK');
    await client.end();
    expect((await readdir(at('data-1'))).sort()).toEqual(['.move', 'bundles', 'server.lock']);
    const { ino } = await stat(at('data-1/bundles/v1.raucb'));

    const { code, stdout } = await command(back('data-1'), { DATABASE_URL: url });
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, copied_bundles: 0 });
    expect((await stat(at('data-1/bundles/v1.raucb'))).ino).toBe(ino);
    expect(allRows(at('data-1/server.db'))).toEqual(rows);
    expect(await readdir(at('data-1'))).not.toContain('.move');
  });

  it.each([
    ['the bundles', 2 << 20],
    ['the rows', bundleBytes + (256 << 10)],
  ])('says so when the disk is full among %s, and continues once it has room', async (_, roomBytes) => {
    const mount = await temporaryFolder();
    const copied = await temporaryFolder();
    // A small file system of its own, in a mount namespace that ends with the command.
    const script = `mount -t tmpfs -o size=${roomBytes} tmpfs "$0"
      "$@" 2>"${copied}/refused" && exit 90
      ls "$0/data" >"${copied}/left"
      mount -o remount,size=64m tmpfs "$0"
      "$@"
      cp -a "$0/data" "${copied}/data"`;
    const { stdout } = await mustRun(
      'unshare',
      [
        ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
        ...['--mount', 'sh', '-ec', script, mount],
        ...[process.execPath, entryPoint, 'move', '--json', ...back(path.join(mount, 'data'))],
      ],
      { cwd: folder, env: { DATABASE_URL: url } },
    );
    const refused = (await readFile(path.join(copied, 'refused'), 'utf8')).trim().split('\n').at(-1);
    expect(JSON.parse(refused ?? '')).toMatchObject({ error: { code: 'storage-full' } });
    expect(await readFile(path.join(copied, 'left'), 'utf8')).not.toContain('server.db');
    expect(JSON.parse(stdout)).toMatchObject({ bundles: 1 });
    expect(allRows(path.join(copied, 'data/server.db'))).toEqual(rows);
  });
});

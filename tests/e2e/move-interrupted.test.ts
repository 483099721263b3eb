import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { serverLock } from '../../src/store/postgres/locks';
import { beginCommand } from '../support/begun-command';
import { makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { type Postgres, startPostgres } from '../support/postgres';
import { temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

describe('a move that is interrupted or refused', () => {
  let postgres: Postgres;
  let folder: string;
  let server: ServerProcess;

  beforeAll(async () => {
    postgres = await startPostgres();
    folder = await temporaryFolder();
    const bundles = await Promise.all(['1.0.0', '2.0.0', '3.0.0'].map((version) => makeBundle({ version })));
    server = await startServer({ folder, env: { BUNDLE_KEYRING: bundles[0]?.keyringPath ?? '' } });
    for (const [index, bundle] of bundles.entries()) {
      const upload = ['bundle', 'upload', bundle.path, '--name', `v${index}.raucb`];
      expect((await cli(folder, ...upload, '--server', server.adminUrl)).code).toBe(0);
    }
    expect((await cli(folder, 'device', 'create', 'board-1', '--server', server.adminUrl)).code).toBe(0);
    expect(await server.stop()).toBe(0);
  });

  const argumentsOf = (url: string, dataDir: string) => [
    'move',
    '--to',
    url,
    '--to-data-dir',
    dataDir,
    '--json',
  ];
  const move = (url: string, dataDir: string) => cli(folder, ...argumentsOf(url, dataDir));
  const newDatabase = () => postgres.create(`moved_${randomUUID().replaceAll('-', '')}`);
  const begin = (url: string, dataDir: string) => beginCommand(folder, argumentsOf(url, dataDir));
  const rowsOf = async (url: string, table: string) => {
    const name = new URL(url).pathname.slice(1);
    return await postgres.run(`SELECT * FROM ${table} ORDER BY id`, name);
  };

  it('continues after it was killed among the bundles, and copies none of them again', async () => {
    const url = await newDatabase();
    const running = begin(url, 'data-1');
    const first = path.join(folder, 'data-1/bundles/v0.raucb');
    await eventually(async () => await stat(first).then(Boolean, () => false), 60_000);
    await running.kill();
    const { ino } = await stat(first);
    const { code, stdout } = await move(url, 'data-1');
    expect(code).toBe(0);
    const { copied_bundles: copied, bundles } = JSON.parse(stdout) as Record<string, number>;
    expect(bundles).toBe(3);
    expect(copied).toBeLessThan(3);
    expect((await stat(first)).ino).toBe(ino);
    expect(await rowsOf(url, 'devices')).toMatchObject([{ id: 'board-1' }]);
  });

  it('has no row after it was killed among the rows, and continues', async () => {
    const url = await newDatabase();
    // Makes the tables, without rows.
    expect((await move(url, 'data-2')).code).toBe(0);
    await postgres.empty(new URL(url).pathname.slice(1));
    const client = new Client(url);
    await client.connect();
    await client.query('BEGIN; LOCK TABLE devices IN SHARE MODE');
    const running = begin(url, 'data-3');
    await eventually(async () => {
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      return (await postgres.run(waiting)).length > 0;
    });
    await running.kill();
    await client.query('COMMIT');
    await client.end();
    expect(await rowsOf(url, 'activations')).toEqual([]);
    expect(await rowsOf(url, 'events')).toEqual([]);

    const { code, stdout } = await move(url, 'data-3');
    expect({ code, copied: (JSON.parse(stdout) as Record<string, number>)['copied_bundles'] }).toEqual({
      code: 0,
      copied: 0,
    });
    expect(await rowsOf(url, 'devices')).toMatchObject([{ id: 'board-1' }]);
    // Once more, when all of it is there.
    expect((await move(url, 'data-3')).code).toBe(0);
    expect(await readdir(path.join(folder, 'data-3'))).not.toContain('.move');
  });

  it('is refused when a row arrives otherwise than it was sent, and keeps none', async () => {
    const url = await newDatabase();
    const name = new URL(url).pathname.slice(1);
    expect((await move(url, 'data-4')).code).toBe(0);
    await postgres.empty(name);
    await postgres.run(
      `CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.notes := 'changed'; RETURN NEW; END $$;
       CREATE TRIGGER change BEFORE INSERT ON devices FOR EACH ROW EXECUTE FUNCTION change()`,
      name,
    );
    const { code, stdout, stderr } = await move(url, 'data-5');
    expect([code, stdout + stderr]).toEqual([
      1,
      expect.stringContaining('copy of the table devices') as string,
    ]);
    expect(await rowsOf(url, 'devices')).toEqual([]);
  });

  it('keeps no row when it has lost the lock that keeps servers away', async () => {
    const url = await newDatabase();
    const name = new URL(url).pathname.slice(1);
    expect((await move(url, 'data-lost-before')).code).toBe(0);
    await postgres.empty(name);
    const client = new Client(url);
    await client.connect();
    await client.query('BEGIN; LOCK TABLE devices IN SHARE MODE');
    const moving = move(url, 'data-lost');
    await eventually(async () => {
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      return (await postgres.run(waiting)).length > 0;
    });
    await postgres.run(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
         WHERE locktype = 'advisory' AND objid = ${serverLock}`,
      name,
    );
    await client.query('COMMIT');
    await client.end();
    expect((await moving).code).not.toBe(0);
    expect(await rowsOf(url, 'devices')).toEqual([]);
  });

  it('is refused where anything else is, and while a server runs', async () => {
    const url = await newDatabase();
    await mkdir(path.join(folder, 'other'));
    await writeFile(path.join(folder, 'other/notes.txt'), 'mine');
    expect(await move(url, 'other')).toMatchObject({ code: 1 });
    expect(await readdir(path.join(folder, 'other'))).toContain('notes.txt');

    const taken = await newDatabase();
    await postgres.run('CREATE TABLE mine (id integer)', new URL(taken).pathname.slice(1));
    expect(await move(taken, 'data-6')).toMatchObject({ code: 1 });

    expect((await move(url, 'data')).code).toBe(2); // to itself
    const password = await move('postgres://me:secret@localhost/name', 'data-6');
    expect(password).toMatchObject({ code: 2 });

    server = await startServer({ folder });
    const { code, stdout, stderr } = await move(url, 'data-6');
    expect([code, stdout + stderr]).toEqual([
      2,
      expect.stringContaining('another server (process') as string,
    ]);
    await server.stop();
  });
});

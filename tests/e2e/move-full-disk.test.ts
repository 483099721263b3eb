import path from 'node:path';
import { usingDatabase } from '../../src/store/postgres/database';
import { allRows } from '../support/all-rows';
import { makeBundle } from '../support/bundle-factory';
import { hashesOf } from '../support/file-hashes';
import { fillJournal } from '../support/large-journal';
import { type Postgres, startPostgres } from '../support/postgres';
import { run, temporaryFolder } from '../support/programs';
import { entryPoint, startServer } from '../support/server-process';
import { openServices } from '../support/services';

const now = () => new Date();
const person = { name: 'local', address: null };

describe('a move to a PostgreSQL whose disk is full', () => {
  let postgres: Postgres;
  let folder: string;

  const at = (...names: string[]) => path.join(folder, ...names);
  const command = (from: string, to: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const move = ['move', '--json', '--data-dir', from, '--to-data-dir', to];
    return run(process.execPath, [entryPoint, ...move, ...args], { cwd: folder, env });
  };
  const move = (url: string, to: string) => command('data', to, ['--to', url]);
  /** Leaves no block free, but the room that `spare` gives back. */
  const fillDisk = async () => {
    await postgres.run(`
      CREATE TABLE spare TABLESPACE small AS SELECT repeat('x', 1000) FROM generate_series(1, 500);
      CREATE TABLE filler (text text) TABLESPACE small`);
    const insert = "INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 100000)";
    await expect(postgres.run(insert)).rejects.toMatchObject({ code: '53100' });
  };

  beforeAll(async () => {
    postgres = await startPostgres({ smallDiskMib: 48 });
    await postgres.run(`CREATE TABLESPACE small LOCATION '${postgres.smallDisk}'`);
    folder = await temporaryFolder();
    const opened = await openServices({ dataDir: at('data'), now });
    await opened.publish((await makeBundle({ version: '1.0.0' })).path, { name: 'v1.raucb' });
    await opened.services.manageDevices.create('board-1', { notes: 'beside the door' }, person);
    await opened.close();
    fillJournal(at('data'), 5_000, new Date('2026-01-01'));
  });

  const newDatabase = async (name: string) => {
    await postgres.run(`CREATE DATABASE ${name} TABLESPACE small`);
    return postgres.url(name);
  };
  const refuse = async (url: string, to: string) => {
    const source = await hashesOf(at('data'));
    const { code, stderr } = await move(url, to);
    const [said = ''] = stderr.trim().split('\n').slice(-1);
    expect([code, JSON.parse(said)]).toEqual([
      1,
      {
        error: {
          code: 'storage-full',
          message: expect.stringContaining('disk of the database server') as string,
          remedy: expect.stringContaining('same command continues') as string,
        },
      },
    ]);
    expect(await hashesOf(at('data'))).toEqual(source);
  };
  /** The same command, after which all rows are there. @returns how many bundles it copied */
  const proceed = async (url: string, to: string) => {
    const { code, stdout, stderr } = await move(url, to);
    expect([code, stderr]).toEqual([0, '']);
    const back = await command(to, `${to}-back`, ['--to', 'sqlite'], { DATABASE_URL: url });
    expect(back.code).toBe(0);
    expect(allRows(at(`${to}-back`, 'server.db'))).toEqual(allRows(at('data/server.db')));
    return (JSON.parse(stdout) as { readonly copied_bundles: number }).copied_bundles;
  };

  it('says so before there are tables, at the first connection and later, and continues once there is room', async () => {
    const url = await newDatabase('empty');
    await fillDisk();
    await refuse(url, 'data-1');
    await postgres.run('DROP TABLE spare');
    await refuse(url, 'data-1');
    await postgres.run('DROP TABLE filler');
    expect(await proceed(url, 'data-1')).toBe(1);
  });

  it('says so among the rows, keeps none, leaves a source that serves, and continues once there is room', async () => {
    const url = await newDatabase('migrated');
    await usingDatabase(url, () => Promise.resolve()); // which makes the tables
    await fillDisk();
    await postgres.run('DROP TABLE spare');
    await refuse(url, 'data-2');
    expect(await postgres.run('SELECT 1 FROM devices', 'migrated')).toEqual([]);

    const server = await startServer({ folder });
    const device = await fetch(`${server.adminUrl}/api/devices/board-1`);
    expect(await device.json()).toMatchObject({ notes: 'beside the door' });
    await server.stop();

    await postgres.run('DROP TABLE filler');
    expect(await proceed(url, 'data-2')).toBe(0);
  });
});

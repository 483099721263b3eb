import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'libsql';
import { type Database, openDatabase } from '../../../../src/store/sqlite/database';
import { eventually } from '../../../support/eventually';
import { type DiskOrder, ObeyingDisk } from '../../../support/obeying-disk';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

let disk: ObeyingDisk;
let dataDir: string;
let database: Database;
/** What went wrong where nobody waited for it. */
let errors: unknown[];
beforeEach(async () => {
  dataDir = path.join(await temporaryFolder(), 'data');
  disk = new ObeyingDisk(dataDir);
  errors = [];
  database = open();
  await disk.begun(1); // its first one: of what a run before left
});
afterEach(() => {
  disk.tell('go');
  database.close();
});

function open(): Database {
  return openDatabase(dataDir, { diskThread: disk.thread(), onError: (error) => errors.push(error) });
}

const stored = () => database.all(database.query.selectFrom('markers').select('name').orderBy('name'));
const sizeOf = (end: string) => statSync(path.join(dataDir, `server.db${end}`)).size;

/** Writes a row, and tells what it hears. */
function write(name: string, heard: string[] = []): Promise<unknown> {
  const row = { name, at: '2026-01-01T00:00:00.000Z' };
  const written = database.transact(() => {
    database.all(database.query.insertInto('markers').values(row));
    database.afterCommit(() => heard.push(`${name} committed`));
    database.afterSync(() => heard.push(`${name} synced`));
  });
  return written.then(
    () => heard.push(`${name} acknowledged`),
    (error: unknown) => {
      heard.push(`${name} refused`);
      throw error;
    },
  );
}

describe('a commit', () => {
  it('is acknowledged, told of and shown to who lists once it is on disk, and not before', async () => {
    disk.tell('hold');
    const heard: string[] = [];
    const written = write('a', heard);
    await disk.begun(2);
    const listed = database.read(database.query.selectFrom('markers').select('name'));
    void listed.then(() => heard.push('listed'));
    const searched = database.search(database.query.selectFrom('markers').select('name'));
    void searched.then(() => heard.push('searched'));
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(heard).toEqual(['a committed']);
    expect(stored()).toEqual([{ name: 'a' }]); // what is decided next goes by it

    disk.tell('go');
    await written;
    expect(await listed).toEqual([{ name: 'a' }]);
    expect(await searched).toEqual([{ name: 'a' }]);
    expect(heard.slice(0, 3)).toEqual(['a committed', 'a synced', 'a acknowledged']);
    expect(heard.slice(3).sort()).toEqual(['listed', 'searched']);
    expect(await database.read(database.query.selectFrom('markers').select('name'))).toEqual([{ name: 'a' }]);
  });

  it('shares the next sync with all that come while one runs', async () => {
    disk.tell('hold');
    const written = [write('a')];
    await disk.begun(2);
    for (const name of ['b', 'c', 'd']) {
      const heard: string[] = [];
      written.push(write(name, heard));
      await eventually(() => heard.length === 1); // a commit of its own
    }
    disk.tell('go');
    await Promise.all(written);
    expect(disk.syncs()).toBe(3);
  });

  it('that was not on disk yet is when the database is closed', async () => {
    disk.tell('hold');
    const heard: string[] = [];
    const written = write('a', heard);
    await disk.begun(2);
    database.close();
    await written;
    disk.tell('go');
    database = open();
    expect(stored()).toEqual([{ name: 'a' }]);
  });

  it('of a run before is synced at the start', async () => {
    await write('a');
    database.close();
    const before = disk.syncs();
    database = open();
    await disk.begun(before + 1);
  });
});

describe.each<[DiskOrder, string]>([
  ['fail', 'a sync that fails'],
  ['exit', 'a thread that ends'],
  ['unclonable', 'a thread with an answer that cannot be sent'],
  ['unreadable', 'a thread with an answer that cannot be read'],
])('%s: %s', (order) => {
  it('acknowledges nothing any more, ends the process, and takes nothing into the database', async () => {
    const heard: string[] = [];
    await write('kept');
    const before = readFileSync(path.join(dataDir, 'server.db'));
    disk.tell('hold');
    const syncs = disk.syncs();
    const written = write('lost', heard);
    await disk.begun(syncs + 1);
    const waiting = write('waiting', heard);
    const listed = database.read(database.query.selectFrom('markers').select('name'));
    const searched = database.search(database.query.selectFrom('markers').select('name'));
    const outcomes = Promise.allSettled([written, waiting, listed, searched]);
    disk.tell(order);
    for (const outcome of await outcomes)
      expect(outcome).toEqual({ status: 'rejected', reason: refusal('unavailable') });
    expect(heard.filter((what) => / (?:synced|acknowledged)$/.test(what))).toEqual([]);
    expect(disk.failures).toEqual([refusal('unavailable')]);

    disk.tell('go'); // as the kernel says after it has dropped what it could not write
    await expect(write('later')).rejects.toEqual(refusal('unavailable'));
    await expect(database.read(database.query.selectFrom('markers').select('name'))).rejects.toEqual(
      refusal('unavailable'),
    );
    database.close();
    expect(readFileSync(path.join(dataDir, 'server.db'))).toEqual(before);
    expect(sizeOf('-wal')).toBeGreaterThan(0);
    expect(disk.failures).toHaveLength(1);
  });
});

describe('the -wal file', () => {
  /** More than 25 frames each. */
  const large = (number: number) => write(`${number} `.padEnd(100_000, 'x'));
  const frameSizeBytes = 4096 + 24;

  it('goes into the database now and then, and does not grow beyond that', async () => {
    for (let number = 0; number < 200; number += 1) await large(number);
    expect(sizeOf('-wal')).toBeLessThan(1_100 * frameSizeBytes);
    expect(sizeOf('')).toBeGreaterThan(4_000 * 4096);
    expect(stored()).toHaveLength(200);
    expect(errors).toEqual([]);
  });

  it('goes on growing while another program reads it, and loses nothing', async () => {
    const other = new Sqlite(path.join(dataDir, 'server.db'));
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM markers').all([]);
    for (let number = 0; number < 100; number += 1) await large(number);
    const grown = sizeOf('-wal');
    expect(grown).toBeGreaterThan(2_000 * frameSizeBytes);
    other.exec('COMMIT');
    other.close();
    for (let number = 100; number < 200; number += 1) await large(number);
    expect(sizeOf('-wal')).toBeLessThan(grown + 1_100 * frameSizeBytes);
    expect(stored()).toHaveLength(200);
    expect(errors).toEqual([]);
  });

  it('goes into the database when that settles, and takes what comes later', async () => {
    await write('a');
    disk.tell('hold');
    const syncs = disk.syncs();
    const heard: string[] = [];
    const written = write('b', heard);
    await disk.begun(syncs + 1);
    const settled = database.settle().then(() => heard.push('settled'));
    disk.tell('go');
    await Promise.all([written, settled]);
    expect(heard.slice(-2)).toEqual(['b acknowledged', 'settled']);
    expect(sizeOf('-wal')).toBe(0);
    await write('c');
    expect(stored()).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    expect(errors).toEqual([]);
    database.close();
    await database.settle(); // there is nothing left to do
  });

  it('has its head before the first commit', async () => {
    database.close();
    rmSync(path.join(dataDir, 'server.db-wal'), { force: true });
    disk.tell('hold');
    const syncs = disk.syncs();
    database = open();
    await disk.begun(syncs + 1); // the thread waits
    const heard: string[] = [];
    const written = write('a', heard);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect([heard, sizeOf('-wal')]).toEqual([[], 0]);
    disk.tell('go');
    await written;
    expect(heard[0]).toBe('a committed');
  });

  it('is gone when the database was closed', async () => {
    await write('a');
    database.close();
    const left = path.join(dataDir, 'server.db-wal');
    expect(existsSync(left) ? statSync(left).size : 0).toBe(0);
  });
});

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import Sqlite from 'libsql';
import type { AskedNameRecords } from '../../../../src/ports/asked-names';
import { AskedNames } from '../../../../src/services/certificates/asked-names';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { makeSchemaBefore } from '../../../support/earlier-database';
import { temporaryFolder } from '../../../support/programs';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
let at: Date;
let dataDir: string;
let store: OpenStore;

const now = () => at;
const pass = (ms: number) => (at = new Date(at.getTime() + ms));
const open = () => openStore(dataDir, { newName: randomUUID, pid: process.pid });
const named = (records: AskedNameRecords = store.askedNames) => AskedNames.open({ records, now });
const always = () => true;

beforeEach(async () => {
  at = new Date('2030-01-01T00:00:00Z');
  dataDir = await temporaryFolder();
  store = await open();
});
afterEach(() => store.close());

describe('the names that devices ask for', () => {
  it('are those of the last 7 days, each once in its canonical spelling', async () => {
    const names = await named();
    names.note('Old.example.com', always);
    pass(4 * dayMs);
    for (const name of ['a.example.com', 'A.Example.com.', '192.0.2.7']) names.note(name, always);
    expect(names.recent()).toEqual(['old.example.com', 'a.example.com', '192.0.2.7']);
    pass(3 * dayMs + 1);
    expect(names.recent()).toEqual(['a.example.com', '192.0.2.7']);
    names.note('old.example.com', always);
    expect(names.recent()).toContain('old.example.com');
  });

  it('are not those that nobody wants to know, nor what is not a name', async () => {
    const names = await named();
    names.note('stranger.example.com', () => false);
    names.note('x'.repeat(256), always);
    names.note('.', always);
    expect(names.recent()).toEqual([]);
  });

  it('are those that other servers were asked for, too, once those have saved them', async () => {
    const [one, other] = [await named(), await named()];
    one.note('one.example.com', always);
    pass(1_000);
    other.note('other.example.com', always);
    await other.save();
    await one.learn();
    expect(one.recent()).toEqual(['one.example.com', 'other.example.com']);
    pass(6 * dayMs);
    other.note('one.example.com', always);
    await other.save();
    pass(2 * dayMs);
    await one.learn();
    expect(one.recent()).toEqual(['one.example.com']);
    await one.save(); // nothing that the other one has saved
    expect((await store.askedNames.all()).map(({ askedAt }) => askedAt)).toContainEqual(
      new Date('2030-01-07T00:00:01Z'),
    );
  });

  it('were asked for when this server saw it last, if that was after the others did', async () => {
    const names = await named();
    names.note('a.example.com', always);
    await names.save();
    pass(hourMs / 2);
    names.note('a.example.com', always);
    await names.learn();
    pass(7 * dayMs);
    expect(names.recent()).toEqual(['a.example.com']);
  });

  it('are known after a restart, and written once an hour each at the most', async () => {
    const saved: number[] = [];
    const records: AskedNameRecords = {
      all: () => store.askedNames.all(),
      async save(list, keep) {
        saved.push(list.length);
        await store.askedNames.save(list, keep);
      },
    };
    const names = await named(records);
    for (let minute = 0; minute < 120; minute++) {
      names.note('a.example.com', always);
      await names.save();
      await names.save();
      pass(60_000);
    }
    expect(saved).toEqual([1, 1]);
    store.close();
    store = await open();
    expect((await named()).recent()).toEqual(['a.example.com']);
  });

  it('are a thousand at the most, the latest, in memory and on disk', async () => {
    const names = await named();
    for (let n = 0; n < 1_500; n++) {
      names.note(`board-${n}.fleet.example.com`, always);
      pass(1);
      if (n === 700) await names.save();
    }
    pass(60_000);
    await names.save();
    expect(names.recent()).toHaveLength(1_000);
    const stored = (await store.askedNames.all()).map(({ name }) => name);
    expect(stored).toHaveLength(1_000);
    expect(stored).toContain('board-1499.fleet.example.com');
    expect(stored).not.toContain('board-0.fleet.example.com');
  });

  it('are not lost when the disk is full: whoever saves hears of it, and they are written later', async () => {
    let isFull = true;
    const records: AskedNameRecords = {
      all: () => Promise.resolve([]),
      save: (list, keep) => (isFull ? Promise.reject(new Error('full')) : store.askedNames.save(list, keep)),
    };
    const names = await named(records);
    names.note('a.example.com', always);
    for (let minute = 0; minute < 3; minute++) {
      await expect(names.save()).rejects.toThrow('full');
      pass(60_000);
    }
    isFull = false;
    await names.save();
    expect((await store.askedNames.all()).map(({ name }) => name)).toEqual(['a.example.com']);
  });

  it('count again after a clock was wrong for a moment', async () => {
    const names = await named();
    pass(365 * dayMs);
    names.note('a.example.com', always);
    pass(-365 * dayMs);
    expect(names.recent()).toEqual([]);
    names.note('a.example.com', always);
    expect(names.recent()).toEqual(['a.example.com']);
  });
});

it('a database from before has none, and takes them from now on', async () => {
  const older = await temporaryFolder();
  const sqlite = new Sqlite(path.join(older, 'server.db'));
  makeSchemaBefore(sqlite, 'CREATE TABLE asked_names');
  sqlite.close();
  const upgraded = await openStore(older, { newName: randomUUID, pid: process.pid });
  expect(await upgraded.askedNames.all()).toEqual([]);
  await upgraded.askedNames.save([{ name: 'a.example.com', askedAt: at }], 10);
  expect(await upgraded.askedNames.all()).toEqual([{ name: 'a.example.com', askedAt: at }]);
  upgraded.close();
});

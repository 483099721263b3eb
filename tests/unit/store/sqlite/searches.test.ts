import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { DomainError } from '../../../../src/core/errors';
import { type Database, openDatabase } from '../../../../src/store/sqlite/database';
import type { DatabaseOptions } from '../../../../src/store/sqlite/database-options';
import { Searches } from '../../../../src/store/sqlite/searches';
import { longestTurn } from '../../../support/longest-turn';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const at = '2026-01-01T00:00:00.000Z';

let dataDir: string;
let database: Database;
beforeEach(async () => {
  dataDir = path.join(await temporaryFolder(), 'data');
  database = open();
});
afterEach(() => database.close());

function open(options: DatabaseOptions = {}): Database {
  return openDatabase(dataDir, { diskThread: { execArgv: ['-r', hook] }, ...options });
}

const file = (end = '') => path.join(dataDir, `server.db${end}`);

function write(...names: readonly string[]): Promise<unknown> {
  const rows = names.map((name) => ({ name, at }));
  return database.transact(() => database.all(database.query.insertInto('markers').values(rows)));
}

const counted = () =>
  database.query.selectFrom('markers').select(({ fn }) => fn.countAll<number>().as('markers'));
const compiled = (query: RawBuilder<unknown>) => query.compile(database.query);
const numbers = (until: number) =>
  sql`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${until})`;
const endless = () => compiled(sql`${numbers(Number.MAX_SAFE_INTEGER)} SELECT count(*) FROM numbers`);

describe('a search', () => {
  it('finds what was acknowledged a moment before', async () => {
    for (let count = 1; count <= 50; count += 1) {
      await write(`marker-${count}`);
      expect(await database.search(counted())).toEqual([{ markers: count }]);
    }
  });

  it('has the rows and the order that the query says', async () => {
    await write(...Array.from({ length: 1_000 }, (_, index) => `${(index * 7919) % 1_000}`));
    const all = database.query.selectFrom('markers').selectAll();
    for (const query of [
      all.orderBy('name', 'desc'),
      all.orderBy('name').limit(250),
      all
        .where('name', '>', '5')
        .orderBy(sql`CAST(name AS INTEGER) % 10`)
        .orderBy('name', 'desc'),
    ])
      expect(await database.search(query)).toEqual(database.all(query));
  });

  it.each([
    ['counts', sql`SELECT count(*) AS n FROM numbers`],
    ['finds few among many', sql`SELECT n FROM numbers WHERE n % 100000 = 1`],
  ])('holds the event loop for none of what it looks at: %s', async (_what, select) => {
    const query = compiled(sql`${numbers(1_000_000)} ${select}`);
    await database.search(counted()); // the connection is there
    const here = await longestTurn(async () => Promise.resolve(database.all(query)));
    const aside = await longestTurn(() => database.search(query));
    expect(aside * 5).toBeLessThan(here);
  });

  it('that takes too long is refused and ended, and keeps nobody behind it from an answer', async () => {
    database.close();
    database = open({ searches: { timeoutMs: 300 } });
    await database.search(counted());
    const outcomes = await Promise.allSettled([
      database.search(endless()),
      (async () => {
        for (;;) {
          const found = await database.search(counted()).catch(() => undefined);
          if (found !== undefined) return found;
        }
      })(),
    ]);
    expect(outcomes).toEqual([
      { status: 'rejected', reason: refusal('unavailable') },
      { status: 'fulfilled', value: [{ markers: 0 }] },
    ]);
  });

  it('that fails has no part in the next one', async () => {
    await expect(database.search(compiled(sql`SELECT missing FROM markers`))).rejects.toThrow('missing');
    expect(await database.search(counted())).toEqual([{ markers: 0 }]);
  });

  it('takes turns with others: one in pieces keeps nobody from a quick one', async () => {
    const heard: string[] = [];
    const slow = (async () => {
      for (let piece = 1; piece <= 5; piece += 1) {
        await database.search(compiled(sql`${numbers(100_000)} SELECT count(*) FROM numbers`));
        heard.push(`piece ${piece}`);
      }
    })();
    const quick = database.search(counted()).then(() => heard.push('quick'));
    await Promise.all([slow, quick]);
    expect(heard.indexOf('quick')).toBeLessThanOrEqual(1);
  });

  it('is refused when too many wait', async () => {
    database.close();
    database = open({ searches: { maxWaiting: 2 } });
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => database.search(counted())));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[3]).toMatchObject({ reason: refusal('unavailable') });
  });
});

describe('the connection that searches', () => {
  it('writes nothing, and makes no database where there is none', async () => {
    const searches = new Searches(file());
    const written = { sql: "INSERT INTO markers VALUES ('a', 'b')", parameters: [] };
    await expect(searches.run(written)).rejects.toThrow();
    expect(await searches.run(counted().compile())).toEqual([{ markers: 0 }]);
    searches.close();
    const missing = new Searches(path.join(dataDir, 'missing.db'));
    await expect(missing.run(counted().compile())).rejects.toThrow();
    missing.close();
    expect(existsSync(path.join(dataDir, 'missing.db'))).toBe(false);
  });

  it('ends with the database, also in the middle of a search, and leaves one whole file', async () => {
    await write('a');
    await database.search(counted());
    const outcomes = Promise.allSettled([database.search(endless()), database.search(counted())]);
    await new Promise(setImmediate);
    database.close();
    const refused = { status: 'rejected', reason: refusal('unavailable') };
    expect(await outcomes).toEqual([refused, refused]);
    await expect(database.search(counted())).rejects.toEqual(refusal('unavailable'));
    expect(statSync(file('-wal'), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
  });

  it('frees no lock of the others when it ends', async () => {
    await write('a');
    await expect(database.search(compiled(sql`SELECT missing FROM markers`))).rejects.toThrow(); // ends it
    // Another program may not take the database to itself, as it would when nobody had it open.
    const script = `
      const Sqlite = require('libsql');
      const sqlite = new Sqlite(process.argv[1]);
      try {
        console.log(sqlite.prepare('PRAGMA journal_mode = DELETE').all([])[0].journal_mode);
      } catch (error) {
        console.log(error.code);
      }`;
    const { stdout } = await mustRun(process.execPath, ['-e', script, file()]);
    expect(stdout.trim()).toBe('SQLITE_BUSY');
    await write('b');
    expect(await database.search(counted())).toEqual([{ markers: 2 }]);
  });

  it('does not keep the -wal file from beginning again', async () => {
    const writing = { isOver: false };
    const searching = (async () => {
      while (!writing.isOver)
        await database.search(
          compiled(sql`${numbers(20_000)} SELECT count(*), (SELECT max(name) FROM markers) FROM numbers`),
        );
    })();
    for (let number = 0; number < 200; number += 1) await write(`${number} `.padEnd(100_000, 'x'));
    writing.isOver = true;
    await searching;
    expect(statSync(file('-wal')).size).toBeLessThan(4_200 * (4096 + 24));
  });
});

it('searches where a database can only be read, and goes on when it takes writes again', async () => {
  await write('a');
  database.close();
  let isFull = true;
  const beforeWriting = () => {
    if (isFull) throw new DomainError('storage-full', 'the disk is full');
  };
  database = open({ beforeWriting, mayOnlyRead: true });
  expect(await database.search(counted())).toEqual([{ markers: 1 }]);
  isFull = false;
  await database.tryWriting();
  await write('b');
  expect(await database.search(counted())).toEqual([{ markers: 2 }]);
});

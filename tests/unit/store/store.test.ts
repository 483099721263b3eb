import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { openDatabase } from '../../../src/store/sqlite/database';
import { lockDataDir } from '../../../src/store/files/lock-data-dir';
import { openInstalledData } from '../../../src/store/installed-data';
import { openStore, openTokenStore } from '../../../src/store/store';
import { mustRun, run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';

const options = { newName: randomUUID, pid: process.pid };
const typescriptHook = path.join(__dirname, '../../support/typescript-hook.js');

async function dataFolder(): Promise<string> {
  return path.join(await temporaryFolder(), 'data');
}

async function modeOf(file: string): Promise<number> {
  return (await stat(file)).mode & 0o777;
}

/** In bytes; `null` when it is missing. */
async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}

describe('a data folder', () => {
  it('is made for its owner alone', async () => {
    const dataDir = await dataFolder();
    const store = await openStore(dataDir, options);
    await store.writeManifestFile('{}');
    expect(await modeOf(dataDir)).toBe(0o700);
    expect(await modeOf(path.join(dataDir, 'bundles'))).toBe(0o700);
    for (const name of await readdir(dataDir)) {
      if (name !== 'bundles') expect([name, await modeOf(path.join(dataDir, name))]).toEqual([name, 0o600]);
    }
    store.close();
  });

  it('that was open for others is closed to them', async () => {
    const dataDir = await dataFolder();
    await mkdir(dataDir, { mode: 0o755 });
    (await openStore(dataDir, options)).close();
    expect(await modeOf(dataDir)).toBe(0o700);
  });

  it('loses the leftovers of uploads at the start', async () => {
    const dataDir = await dataFolder();
    await mkdir(path.join(dataDir, 'bundles/.incoming/nested'), { recursive: true });
    await writeFile(path.join(dataDir, 'bundles/.incoming/left'), 'half an upload');
    (await openStore(dataDir, options)).close();
    expect(await readdir(path.join(dataDir, 'bundles/.incoming'))).toEqual([]);
  });

  it('that is a file is refused with what to do', async () => {
    const file = path.join(await temporaryFolder(), 'data');
    await writeFile(file, '');
    await expect(openStore(file, options)).rejects.toMatchObject({
      code: 'configuration',
      remedy: expect.any(String) as string,
    });
  });
});

describe('the lock of a data folder', () => {
  it('lets one server have it, and tells a second one who has', async () => {
    const dataDir = await dataFolder();
    const store = await openStore(dataDir, options);
    await expect(openStore(dataDir, { ...options, pid: 7 })).rejects.toMatchObject({
      code: 'configuration',
      details: { pid: process.pid },
    });
    store.close();
    const next = await openStore(dataDir, options);
    next.close();
  });

  it('holds against another process, and is free as soon as that one is killed', async () => {
    const dataDir = await dataFolder();
    await mkdir(dataDir);
    const lockFile = path.join(__dirname, '../../../src/store/files/lock-data-dir.ts');
    const script = `require(${JSON.stringify(lockFile)}).lockDataDir(${JSON.stringify(dataDir)}, process.pid);
      console.log('locked'); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ['-r', typescriptHook, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    try {
      expect(() => lockDataDir(dataDir, 1)).toThrow(
        expect.objectContaining({ code: 'configuration', details: { pid: holder.pid } }) as Error,
      );
    } finally {
      holder.kill('SIGKILL');
    }
    await new Promise((resolve) => holder.once('exit', resolve));
    lockDataDir(dataDir, 1).release();
  });

  it('does not stop token commands', async () => {
    const dataDir = await dataFolder();
    const store = await openStore(dataDir, options);
    const tokens = openTokenStore(dataDir);
    expect(await tokens.tokens.all()).toEqual([]);
    tokens.close();
    store.close();
  });
});

describe('the database', () => {
  it('is written through, in WAL mode, so that a commit survives a power cut', async () => {
    const dataDir = await dataFolder();
    const database = openDatabase(dataDir);
    const { stdout } = await mustRun(process.execPath, [
      '-e',
      `const db = new (require(${JSON.stringify(require.resolve('libsql'))}))(process.argv[1]);
       console.log(JSON.stringify(db.prepare('PRAGMA journal_mode').all([])));`,
      path.join(dataDir, 'server.db'),
    ]);
    expect(JSON.parse(stdout)).toEqual([{ journal_mode: 'wal' }]);
    database.close();
  });

  it('of a newer version is refused with the remedy, and not touched', async () => {
    const dataDir = await dataFolder();
    openDatabase(dataDir).close();
    const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
    sqlite.pragma('user_version = 99');
    expect(() => openDatabase(dataDir)).toThrow(refusal('configuration'));
    expect(sqlite.prepare('PRAGMA user_version').all([])).toEqual([{ user_version: 99 }]);
    sqlite.close();
  });

  it('that is damaged is refused, and not replaced by an empty one', async () => {
    const dataDir = await dataFolder();
    await mkdir(dataDir);
    await writeFile(path.join(dataDir, 'server.db'), 'not a database. '.repeat(1000));
    expect(() => openDatabase(dataDir)).toThrow(refusal('configuration'));
    expect((await stat(path.join(dataDir, 'server.db'))).size).toBe(16_000);
  });

  describe.each(['missing', 'empty', 'without tables'])('that is %s beside its marker', (what) => {
    async function emptiedFolder(): Promise<string> {
      const dataDir = await dataFolder();
      const file = path.join(dataDir, 'server.db');
      const store = await openStore(dataDir, options);
      await store.databaseMarker.write({ id: 'a', decision: 1 });
      store.close();
      for (const end of ['', '-wal', '-shm']) await rm(`${file}${end}`, { force: true });
      if (what === 'empty') await writeFile(file, '');
      if (what === 'without tables') {
        const sqlite = new Sqlite(file);
        sqlite.exec('PRAGMA journal_mode = WAL');
        sqlite.close();
      }
      return dataDir;
    }

    it('is refused with both ways out, and not replaced by a new one', async () => {
      const dataDir = await emptiedFolder();
      const before = await sizeOf(path.join(dataDir, 'server.db'));
      await expect(openStore(dataDir, options)).rejects.toMatchObject({
        code: 'configuration',
        remedy: expect.stringMatching(/ restore .*database\.marker/) as string,
      });
      expect(() => openTokenStore(dataDir)).toThrow(refusal('configuration'));
      expect(await sizeOf(path.join(dataDir, 'server.db'))).toEqual(before);
    });

    it('is what doctor names', async () => {
      const condition = await openInstalledData(await emptiedFolder()).readDatabase(false);
      expect(condition).toMatchObject({
        kind: 'unreadable',
        remedy: { code: 'remedy-of-failure', parameters: { reason: { code: 'database-emptied' } } },
      });
    });

    it('is begun again once a person has moved the marker away', async () => {
      const dataDir = await emptiedFolder();
      await rm(path.join(dataDir, 'database.marker'));
      const store = await openStore(dataDir, options);
      expect((await store.catalog.load()).bundles).toEqual([]);
      store.close();
    });
  });

  it('of a first start that was killed before its first commit is made', async () => {
    const dataDir = await dataFolder();
    await mkdir(path.join(dataDir, 'bundles'), { recursive: true });
    await writeFile(path.join(dataDir, 'bundles/left.raucb'), 'by an earlier server');
    await writeFile(path.join(dataDir, 'server.db'), '');
    (await openStore(dataDir, options)).close();
    expect(await sizeOf(path.join(dataDir, 'server.db'))).toBeGreaterThan(0);
  });

  it('is brought up to date once when several programs open it at the same time', async () => {
    const dataDir = await dataFolder();
    const file = path.join(__dirname, '../../../src/store/sqlite/database.ts');
    const script = `require(${JSON.stringify(file)}).openDatabase(${JSON.stringify(dataDir)}).close();`;
    const runs = Array.from({ length: 4 }, () => run(process.execPath, ['-r', typescriptHook, '-e', script]));
    expect((await Promise.all(runs)).map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, stderr: '' })),
    );
  });

  it('takes back all of a transaction that fails', async () => {
    const database = openDatabase(await dataFolder());
    const marker = { name: 'a', at: '2026-01-01T00:00:00.000Z' };
    const insert = database.query.insertInto('markers').values(marker);
    const failing = database.transact(() => {
      database.all(insert);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(database.all(database.query.selectFrom('markers').selectAll())).toEqual([]);
    await database.transact(() => database.all(insert));
    expect(database.all(database.query.selectFrom('markers').selectAll())).toEqual([marker]);
    database.close();
  });

  it('that another program keeps locked is an error that says so, and works again after', async () => {
    const dataDir = await dataFolder();
    const database = openDatabase(dataDir, { busyTimeoutMs: 20 });
    const other = new Sqlite(path.join(dataDir, 'server.db'));
    other.exec('BEGIN IMMEDIATE');
    await expect(database.transact(() => undefined)).rejects.toEqual(refusal('unavailable'));
    other.exec('ROLLBACK');
    await database.transact(() => undefined);
    other.close();
    database.close();
  });
});

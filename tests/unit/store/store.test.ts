import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import Sqlite from 'libsql';
import { openDatabase } from '../../../src/store/sqlite/database';
import { lockDataDir } from '../../../src/store/files/lock-data-dir';
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
    expect(tokens.tokens.all()).toEqual([]);
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

describe('bundle files', () => {
  it('are read only where they are plain files', async () => {
    const dataDir = await dataFolder();
    const store = await openStore(dataDir, options);
    const at = (name: string) => path.join(dataDir, 'bundles', name);
    await symlink('/etc/passwd', at('link.raucb'));
    await mkdir(at('folder.raucb'));
    await mustRun('mkfifo', [at('pipe.raucb')]);
    for (const name of ['link.raucb', 'folder.raucb', 'pipe.raucb', 'missing.raucb']) {
      await expect(store.files.open(name)).rejects.toEqual(refusal('not-found'));
    }
    expect((await store.files.list()).filter(({ isPlainFile }) => isPlainFile)).toEqual([]);
    for (const name of ['../server.db', 'a/../../server.db', '.incoming/x.raucb']) {
      await expect(Promise.resolve().then(() => store.files.open(name))).rejects.toEqual(
        refusal('invalid-input'),
      );
    }
    store.close();
  });

  it('never replace one another', async () => {
    const store = await openStore(await dataFolder(), options);
    const limit = { limitBytes: 100 };
    await store.files.keep(await store.files.stage(Readable.from([Buffer.from('one')]), limit), 'a.raucb');
    const second = await store.files.stage(Readable.from([Buffer.from('two')]), limit);
    await expect(store.files.keep(second, 'a.raucb')).rejects.toEqual(refusal('conflict'));
    const file = await store.files.open('a.raucb');
    expect((await file.read(0, 3)).toString()).toBe('one');
    await file.close();
    store.close();
  });

  it('take exactly the limit, and not a byte more', async () => {
    const store = await openStore(await dataFolder(), options);
    const stage = (size: number) =>
      store.files.stage(Readable.from([Buffer.alloc(size)]), { limitBytes: 10 });
    expect(await stage(10)).toMatchObject({ sizeBytes: 10 });
    await expect(stage(11)).rejects.toEqual(refusal('too-large'));
    store.close();
  });

  it('take an upload of any size with the same memory', async () => {
    const store = await openStore(await dataFolder(), options);
    let left = 4096;
    let peakBytes = 0;
    const content = new Readable({
      read() {
        peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers);
        this.push((left -= 1) < 0 ? null : Buffer.alloc(1 << 16, left));
      },
    });
    const atStartBytes = process.memoryUsage().arrayBuffers;
    const staged = await store.files.stage(content, { limitBytes: 1 << 30 });
    expect(staged.sizeBytes).toBe(256 << 20);
    expect(peakBytes - atStartBytes).toBeLessThan(100 << 20); // what is garbage counts
    await store.files.discard(staged);
    store.close();
  });

  it('can be used once after they were staged', async () => {
    const store = await openStore(await dataFolder(), options);
    const staged = await store.files.stage(Readable.from([Buffer.from('one')]), { limitBytes: 10 });
    await store.files.keep(staged, 'a.raucb');
    await store.files.discard(staged);
    await expect(store.files.keep(staged, 'b.raucb')).rejects.toThrow();
    store.close();
  });
});

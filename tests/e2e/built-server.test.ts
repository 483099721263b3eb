import { cp, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dependencies } from '../../package.json';
import { mustRun } from '../support/programs';

const root = path.resolve(__dirname, '../..');

describe('the built server', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rss-built-'));
    for (const part of ['bin', 'dist', 'package.json']) {
      await cp(path.join(root, part), path.join(folder, part), { recursive: true });
    }
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  function node(...args: readonly string[]) {
    return mustRun(process.execPath, args, { cwd: folder });
  }

  const program = 'bin/rauc-simple-server.js';
  const codeCache = () => path.join(folder, 'dist/server.js.cache');

  it('runs the code that was compiled when it was built', async () => {
    const script = `
      const { readCodeCache, runFile } = require('./dist/load.js');
      const file = path.resolve('dist/server.js');
      console.log(runFile(file, readCodeCache(file)).script.cachedDataRejected);`;
    expect((await node('-e', script)).stdout).toBe('false\n');
  });

  it.each<[string, () => Promise<void>]>([
    ['is missing', () => rm(codeCache())],
    ['was cut short', () => truncate(codeCache(), 1000)],
    ['is spoilt', async () => writeFile(codeCache(), (await readFile(codeCache())).fill(0xff, 5000, 9000))],
  ])('starts if that code %s', async (_, spoil) => {
    await spoil();
    expect((await node(program, '--help')).stdout).toMatch(/^Usage: rauc-simple-server/);
  });

  it('starts if V8 refuses that code, as under other flags', async () => {
    expect((await node('--no-opt', program, '--help')).stdout).toMatch(/^Usage: rauc-simple-server/);
  });

  it('loads the native part of libsql from beside that package', async () => {
    const script = `
      const { loadServer } = require('./dist/load.js');
      const native = () => Object.keys(require.cache).filter((file) => file.endsWith('.node'));
      loadServer().main(['node', ${JSON.stringify(program)}, 'token', 'list']).then(() => console.log(native().join()));`;
    const { stdout } = await node('-e', script);
    const libsql = createRequire(require.resolve('libsql'));
    expect(stdout.trim().split('\n').at(-1)).toBe(libsql.resolve(`@libsql/linux-${process.arch}-gnu`));
  });

  it('names our lines in stack traces with --enable-source-maps', async () => {
    const preload = path.join(folder, 'preload.js');
    await writeFile(
      preload,
      'process.stdout.write = () => { console.error(new Error().stack); return true; };',
    );
    const { stderr } = await node('--enable-source-maps', '--require', preload, program, '--version');
    expect(stderr).toMatch(/src\/cli\/program\.ts:\d+:\d+/);
  });

  it('has the licence of every package in it', async () => {
    const licences = await readFile(path.join(folder, 'dist/licences.txt'), 'utf8');
    const titles = [...licences.matchAll(/^(\S+) \S+\n=+\n\n\S/gm)].map(([, name]) => name);
    const bundled = Object.keys(dependencies).filter((name) => name !== 'pg');
    expect(titles).toEqual(expect.arrayContaining(bundled));
    expect(titles).not.toContain('pg');
  });
});

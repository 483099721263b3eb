import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { codeCacheOf, makeCodeCache, readCodeCache, runFile } from '../../src/load';

const text =
  'exports.folder = __dirname; exports.beside = require("./beside.js"); exports.double = (n) => n * 2;';

describe('a code cache', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rss-load-'));
    file = path.join(folder, 'program.js');
    await writeFile(file, text);
    await writeFile(path.join(folder, 'beside.js'), 'module.exports = "beside"');
    const source = readFileSync(file, 'latin1');
    await writeFile(codeCacheOf(file), makeCodeCache(source, runFile(file, { source }).script));
  });

  afterEach(() => rm(folder, { recursive: true }));

  function read() {
    const cache = readCodeCache(file);
    if (cache === undefined) throw new Error('there is no code cache');
    return cache;
  }

  it('is what V8 runs, with the surroundings of a module', () => {
    const { exports, script } = runFile(file, read());
    expect(script.cachedDataRejected).toBe(false);
    expect(exports).toMatchObject({ folder, beside: 'beside' });
  });

  it.each([
    ['version', 4, ' '],
    ['flags', 12, '\n'],
  ])('is compiled again by a V8 of another %s', (_, at, end) => {
    const { data } = read();
    data.writeUInt32LE(data.readUInt32LE(at) ^ 1, at);
    const source = text.slice(0, -1) + end; // of the same length, and new to V8
    const { exports, script } = runFile(file, { source, data });
    expect(script.cachedDataRejected).toBe(true);
    expect(exports).toMatchObject({ beside: 'beside' });
  });

  it.each([
    ['in its header', 0],
    ['in its data', 200],
  ])('is not used if it is spoilt %s', async (_, at) => {
    const cache = readFileSync(codeCacheOf(file));
    await writeFile(codeCacheOf(file), cache.fill(~(cache[at] ?? 0), at, at + 1));
    expect(readCodeCache(file)).toBeUndefined();
  });

  it.each([0, 4, 100])('is not used if it ends after %d bytes', async (length) => {
    await writeFile(codeCacheOf(file), readFileSync(codeCacheOf(file)).subarray(0, length));
    expect(readCodeCache(file)).toBeUndefined();
  });

  it('is not used for another source, not even one of the same length', async () => {
    await writeFile(file, text.replace('n * 2', 'n * 3'));
    expect(readCodeCache(file)).toBeUndefined();
  });

  it('need not exist', async () => {
    const other = path.join(folder, 'other.js');
    await copyFile(file, other);
    expect(readCodeCache(other)).toBeUndefined();
  });

  it('is guarded by the checksums of both', () => {
    const cache = readFileSync(codeCacheOf(file));
    expect(cache.readUInt32LE(0)).toBe(crc32(text));
    expect(cache.readUInt32LE(4)).toBe(crc32(cache.subarray(8)));
  });

  it('says which line failed, wherever it was built', async () => {
    await writeFile(file, 'throw new Error("boom");');
    const source = readFileSync(file, 'latin1');
    const failure = (() => {
      try {
        return runFile(file, { source });
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toHaveProperty(
      'stack',
      expect.stringMatching(/^Error: boom\n +at .*dist\/program\.js:1:7\)?\n/),
    );
  });
});

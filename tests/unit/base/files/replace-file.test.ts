import syncFs from 'node:fs';
import fs, { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  replaceFile,
  replaceFileSync,
  syncFolder,
  writeNewFile,
} from '../../../../src/base/files/replace-file';
import { temporaryFolder } from '../../../support/programs';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = path.join(await temporaryFolder(), 'folder');
  await mkdir(folder);
  file = path.join(folder, 'a');
});
afterEach(() => jest.restoreAllMocks());

const modeOf = async (name: string) => (await stat(name)).mode & 0o777;

describe('a file that is replaced', () => {
  it('is made, then has its new text, with the mode that was asked for', async () => {
    for (const [text, mode] of [
      ['first', 0o600],
      ['second', 0o666],
    ] as const) {
      await replaceFile(file, text, { mode });
      expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual([text, mode]);
    }
    expect(await readdir(folder)).toEqual(['a']);
  });

  it.each(['open', 'rename'] as const)(
    'keeps its old text and leaves nothing behind when %s fails',
    async (step) => {
      await replaceFile(file, 'old', { mode: 0o600 });
      jest.spyOn(fs, step).mockRejectedValueOnce(new Error('no'));
      await expect(replaceFile(file, 'new', { mode: 0o600 })).rejects.toThrow('no');
      expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['old', ['a']]);
    },
  );

  it('is not stopped by what a killed process left, nor led elsewhere by it', async () => {
    const other = path.join(folder, 'other');
    await writeFile(other, 'of somebody else');
    await symlink(other, `${file}.part`);
    await replaceFile(file, 'new', { mode: 0o600 });
    expect((await stat(file)).isFile()).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect(await readFile(other, 'utf8')).toBe('of somebody else');
    expect(await readdir(folder)).toEqual(['a', 'other']);
  });

  it('is written by way of the path that was named', async () => {
    const rename = jest.spyOn(fs, 'rename');
    const temporary = path.join(folder, '.aside');
    await replaceFile(file, 'new', { mode: 0o600, temporary });
    expect(rename.mock.calls).toEqual([[temporary, file]]);
  });
});

describe('a file that is replaced at once, because the process ends', () => {
  it('is made, then has its new text, with the mode that was asked for', async () => {
    for (const [text, mode] of [
      ['first', 0o600],
      ['second', 0o666],
    ] as const) {
      replaceFileSync(file, text, { mode });
      expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual([text, mode]);
    }
    expect(await readdir(folder)).toEqual(['a']);
  });

  it.each(['writeFileSync', 'fsyncSync', 'renameSync'] as const)(
    'keeps its old text and leaves nothing behind when %s fails',
    async (step) => {
      replaceFileSync(file, 'old', { mode: 0o600 });
      jest.spyOn(syncFs, step).mockImplementationOnce(() => {
        throw new Error('no');
      });
      expect(() => replaceFileSync(file, 'new', { mode: 0o600 })).toThrow('no');
      expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual(['old', ['a']]);
    },
  );

  it('is not stopped by what a killed process left, nor led elsewhere by it', async () => {
    const other = path.join(folder, 'other');
    await writeFile(other, 'of somebody else');
    await symlink(other, `${file}.part`);
    replaceFileSync(file, 'new', { mode: 0o600 });
    expect([await readFile(file, 'utf8'), await readFile(other, 'utf8')]).toEqual([
      'new',
      'of somebody else',
    ]);
    expect(await readdir(folder)).toEqual(['a', 'other']);
  });
});

describe('a new file', () => {
  it('takes no name that is there, and leaves it alone', async () => {
    await writeFile(file, 'old');
    await expect(writeNewFile(file, 'new', 0o600)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(file, 'utf8')).toBe('old');
  });

  it('is not left in part', async () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const { open } = fs;
    jest.spyOn(fs, 'open').mockImplementationOnce(async (...args) => {
      const handle = await open(...args);
      jest.spyOn(handle, 'sync').mockRejectedValueOnce(full);
      return handle;
    });
    await expect(writeNewFile(file, 'new', 0o600)).rejects.toBe(full);
    expect(await readdir(folder)).toEqual([]);
  });
});

it('asks no more of a system than it can do: the names of a folder are synced where that is known', async () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });
  const open = jest.spyOn(fs, 'open');
  for (const code of ['EINVAL', 'EPERM', 'EACCES', 'EISDIR']) {
    open.mockRejectedValueOnce(failure(code));
    await syncFolder(folder);
  }
  for (const code of ['EIO', 'ENOSPC', 'ENOENT']) {
    open.mockRejectedValueOnce(failure(code));
    await expect(syncFolder(folder)).rejects.toThrow(code);
  }
});

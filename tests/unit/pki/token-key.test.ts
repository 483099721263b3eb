import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openTokenKey, tokenKeyName } from '../../../src/pki/token-key';
import { findOpenKeys } from '../../../src/pki/key-modes';
import { temporaryFolder } from '../../support/programs';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = path.join(await temporaryFolder(), 'certs');
  file = path.join(folder, tokenKeyName);
});

const seal = (text = 'a secret', context = 'device:a') => openTokenKey(folder).seal(text, context, true);
const open = (sealed: string, context = 'device:a') => openTokenKey(folder).open(sealed, context);
const unusable = (reason: string) =>
  expect.objectContaining({
    code: 'configuration',
    reason: expect.objectContaining({ code: reason }) as unknown,
  }) as unknown;

describe('the key of device tokens', () => {
  it('is a file of its own, for its owner alone, and opens what it sealed', async () => {
    const sealed = await seal();
    expect(await open(sealed)).toBe('a secret');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await readdir(folder)).filter((name) => !name.startsWith('.folder'))).toEqual([tokenKeyName]);
  });

  it('seals the same text in another way each time, and hides it', async () => {
    const [one, two] = [await seal(), await seal()];
    expect(one).not.toBe(two);
    expect(Buffer.from(one.slice(3), 'base64url').includes('a secret')).toBe(false);
  });

  it('is made once by two who need it at the same time', async () => {
    const [one, two] = await Promise.all([seal('one'), seal('two')]);
    expect([await open(one), await open(two)]).toEqual(['one', 'two']);
  });

  it('opens nothing that was changed, cut, or sealed for something else', async () => {
    const sealed = await seal();
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(open(`v1.${changed.toString('base64url')}`)).rejects.toEqual(unusable('token-key-wrong'));
    }
    for (const wrong of ['', 'v1.', sealed.slice(0, 20), `v2.${sealed.slice(3)}`, `${sealed}AAAA`])
      await expect(open(wrong)).rejects.toEqual(unusable('token-key-wrong'));
    await expect(open(sealed, 'device:b')).rejects.toEqual(unusable('token-key-wrong'));
  });

  it('that is missing, another one, or damaged is named, with what to do', async () => {
    const sealed = await seal();
    const right = await readFile(file);
    await writeFile(file, `${'0'.repeat(64)}\n`);
    await expect(open(sealed)).rejects.toEqual(unusable('token-key-wrong'));
    await writeFile(file, right.subarray(0, 40));
    await expect(open(sealed)).rejects.toEqual(unusable('token-key-damaged'));
    await expect(seal()).rejects.toEqual(unusable('token-key-damaged'));
    await rm(file);
    await expect(open(sealed)).rejects.toEqual(unusable('token-key-missing'));
    await expect(open(sealed)).rejects.toThrow(`${file}, which unseals the tokens of devices, is missing`);
    await expect(openTokenKey(folder).seal('x', 'y', false)).rejects.toEqual(unusable('token-key-missing'));
    await writeFile(file, right);
    expect(await open(sealed)).toBe('a secret');
  });

  it('is found when others can read it', async () => {
    await seal();
    expect(await findOpenKeys(folder)).toEqual([]);
    await chmod(file, 0o640);
    expect(await findOpenKeys(folder)).toMatchObject([{ path: file, severity: 'error' }]);
  });
});

import fs, { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type FilePair, writeFilePair } from '../../../src/pki/file-pair';
import { temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';

const now = new Date('2026-11-01T00:00:00Z');
const nothing = () => Promise.resolve();
const noSpace = () => Object.assign(new Error('no space'), { code: 'ENOSPC' });
afterEach(() => jest.restoreAllMocks());

async function oldPair(): Promise<FilePair> {
  const folder = path.join(await temporaryFolder(), 'pair');
  await mkdir(folder);
  await writeFile(path.join(folder, 'a.crt'), 'old certificate');
  await writeFile(path.join(folder, 'a.key'), 'old key');
  return { folder, name: 'a', certificatePem: 'new certificate', keyPem: 'new key', force: true };
}

/** What lies in the folder, by name. */
async function contents({ folder }: FilePair): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return Object.fromEntries(names.map((name, at) => [name, texts[at] ?? '']));
}

/** Lets one call fail, the first or a later one. */
function failing(name: 'rename' | 'link', call: number): void {
  const real = fs[name];
  let calls = 0;
  jest.spyOn(fs, name).mockImplementation(async (from, to) => {
    calls += 1;
    if (calls === call) throw noSpace();
    await real(from, to);
  });
}

describe('a pair of files that cannot be replaced', () => {
  it.each([
    ['the old certificate cannot be moved', 'rename', 1],
    ['the old key cannot be moved', 'rename', 2],
    ['the new key cannot get its name', 'link', 1],
    ['the new certificate cannot get its name', 'link', 2],
  ] as const)('is as it was when %s', async (_what, step, call) => {
    const pair = await oldPair();
    const before = await contents(pair);
    failing(step, call);
    await expect(writeFilePair(pair, now, nothing)).rejects.toEqual(refusal('storage-full'));
    expect(await contents(pair)).toEqual(before);
  });

  it('leaves no key behind where there was no pair before', async () => {
    const folder = path.join(await temporaryFolder(), 'pair');
    await mkdir(folder);
    const pair = { ...(await oldPair()), folder };
    failing('link', 2);
    await expect(writeFilePair(pair, now, nothing)).rejects.toEqual(refusal('storage-full'));
    expect(await contents(pair)).toEqual({});
  });

  it('is as it was when the new one cannot be recorded', async () => {
    const pair = await oldPair();
    const before = await contents(pair);
    await expect(writeFilePair(pair, now, () => Promise.reject(noSpace()))).rejects.toEqual(
      refusal('storage-full'),
    );
    expect(await contents(pair)).toEqual(before);
  });
});

it('keeps what it replaces beside the new pair, also twice in a second', async () => {
  const pair = await oldPair();
  const { written, kept } = await writeFilePair(pair, now, nothing);
  expect([...written, ...kept].map((file) => path.basename(file))).toEqual([
    'a.crt',
    'a.key',
    'a.crt.20261101T000000Z.old',
    'a.key.20261101T000000Z.old',
  ]);
  await writeFilePair({ ...pair, certificatePem: 'newer certificate', keyPem: 'newer key' }, now, nothing);
  expect(await contents(pair)).toEqual({
    'a.crt': 'newer certificate',
    'a.crt.20261101T000000Z-2.old': 'new certificate',
    'a.crt.20261101T000000Z.old': 'old certificate',
    'a.key': 'newer key',
    'a.key.20261101T000000Z-2.old': 'new key',
    'a.key.20261101T000000Z.old': 'old key',
  });
});

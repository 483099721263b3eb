import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { BundleFolder } from '../../../../src/store/files/bundle-folder';
import { cleanIncoming } from '../../../../src/store/files/incoming-files';
import type { NamedBytes } from '../../../../src/store/files/named-bytes';
import {
  describeBundleStorage,
  keepText,
  sha256Of,
  stageText,
} from '../../../support/bundle-storage-contract';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

let folder: string;
beforeEach(async () => {
  folder = path.join(await temporaryFolder(), 'bundles');
  await mkdir(folder);
});

/** As at the start of a server: with what its database knows. */
async function open(known: readonly NamedBytes[] = []): Promise<BundleFolder> {
  const opened = new BundleFolder({ folder, newName: randomUUID, known });
  await cleanIncoming(path.join(folder, '.incoming'));
  return opened;
}

const at = (name: string) => path.join(folder, name);
const contentOf = (name: string) => readFile(at(name), 'utf8');
const names = async () => (await readdir(folder)).filter((name) => name !== '.incoming').sort();
const known = (name: string, content: string): NamedBytes => ({
  name,
  sha256: sha256Of(content),
  sizeBytes: content.length,
});

describe('a bundle folder is a bundle storage that', () => {
  describeBundleStorage(() => open());
});

describe('the files of a bundle folder', () => {
  it('have the names of their bundles, and are found by hash after a restart', async () => {
    const sha256 = await keepText(await open(), 'bytes', 'a.raucb');
    expect(await contentOf('a.raucb')).toBe('bytes');
    const again = await open([known('a.raucb', 'bytes')]);
    const file = await again.open(sha256);
    expect((await file.read(0, 5)).toString()).toBe('bytes');
    await file.close();
    expect(await again.found.list()).toEqual([expect.objectContaining({ name: '.incoming' })]);
  });

  it('never replace what the server does not know', async () => {
    const storage = await open();
    await keepText(storage, 'one', 'a.raucb');
    await writeFile(at('b.raucb'), 'of a person');
    for (const name of ['a.raucb', 'b.raucb']) {
      const second = await stageText(storage, 'two');
      await expect(second.keep(name)).rejects.toEqual(refusal('conflict'));
      await second.discard();
    }
    expect([await contentOf('a.raucb'), await contentOf('b.raucb')]).toEqual(['one', 'of a person']);
  });

  it.each([
    ['lost', () => rm(at('a.raucb'))],
    ['cut short', () => truncate(at('a.raucb'), 3)],
    ['too long', () => writeFile(at('a.raucb'), 'bytes and more')],
  ])('are not served when they are %s, and are replaced by the same bytes', async (_, damage) => {
    const storage = await open();
    const sha256 = await keepText(storage, 'bytes', 'a.raucb');
    await damage();
    await expect(storage.open(sha256)).rejects.toEqual(refusal('not-found'));
    expect((await storage.stat(sha256))?.sizeBytes).not.toBe(5);
    await keepText(storage, 'bytes', 'a.raucb');
    expect(await contentOf('a.raucb')).toBe('bytes');
    expect(await storage.stat(sha256)).toEqual({ sha256, sizeBytes: 5 });
  });

  it('are a place for a bundle only where a plain file has its name', async () => {
    const storage = await open([known('a.raucb', 'bytes')]);
    await mkdir(at('a.raucb'));
    await expect(storage.open(sha256Of('bytes'))).rejects.toEqual(refusal('not-found'));
    await expect((await stageText(storage, 'bytes')).keep('a.raucb')).rejects.toEqual(refusal('conflict'));
  });

  it('of one hash are each there under their name, and a whole one stands in for a damaged one', async () => {
    const storage = await open();
    const sha256 = await keepText(storage, 'same', 'a.raucb');
    await keepText(storage, 'same', 'b.raucb');
    expect(await names()).toEqual(['a.raucb', 'b.raucb']);
    await truncate(at('a.raucb'), 1);
    const file = await storage.open(sha256);
    expect((await file.read(0, 4)).toString()).toBe('same');
    await file.close();
    await storage.remove(sha256, { name: 'a.raucb', isShared: true });
    expect(await names()).toEqual(['b.raucb']);
  });

  it('leave the last whole one of a hash to the bundle that still needs it', async () => {
    const storage = await open();
    const sha256 = await keepText(storage, 'same', 'a.raucb');
    await keepText(storage, 'same', 'b.raucb');
    await rm(at('b.raucb'));
    await storage.remove(sha256, { name: 'a.raucb', isShared: true });
    expect([await names(), await contentOf('b.raucb')]).toEqual([['b.raucb'], 'same']);
    expect(await storage.stat(sha256)).toEqual({ sha256, sizeBytes: 4 });
  });

  it('are removed by their hash and name together', async () => {
    const storage = await open();
    await keepText(storage, 'one', 'a.raucb');
    await storage.remove(sha256Of('two'), { name: 'a.raucb', isShared: false });
    expect(await names()).toEqual(['a.raucb']);
  });

  it('take an upload of any size with the same memory', async () => {
    const storage = await open();
    let left = 4096;
    let peakBytes = 0;
    const content = new Readable({
      read() {
        peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers);
        this.push((left -= 1) < 0 ? null : Buffer.alloc(1 << 16, left));
      },
    });
    const atStartBytes = process.memoryUsage().arrayBuffers;
    const staged = await storage.stage(content, { limitBytes: 1 << 30 });
    expect(staged.sizeBytes).toBe(256 << 20);
    expect(peakBytes - atStartBytes).toBeLessThan(100 << 20); // what is garbage counts
    await staged.discard();
  });

  it('take a bounded number of uploads at once', async () => {
    const storage = await open();
    const staged = await Promise.all(Array.from({ length: 16 }, () => stageText(storage, 'bytes')));
    await expect(stageText(storage, 'bytes')).rejects.toEqual(refusal('unavailable'));
    await staged[0]?.discard();
    await keepText(storage, 'bytes', 'a.raucb');
    await staged[1]?.keep('b.raucb');
    await Promise.all(staged.map((upload) => upload.discard()));
    expect(await names()).toEqual(['a.raucb', 'b.raucb']);
    expect(await readdir(at('.incoming'))).toEqual([]);
  });

  it.each(['../server.db', 'a/../../server.db', '.incoming/x.raucb', 'a.txt'])(
    'never have the name %s',
    async (name) => {
      const storage = await open();
      const refused = refusal('invalid-input');
      await expect((await stageText(storage, 'bytes')).keep(name)).rejects.toEqual(refused);
      await expect(storage.found.open(name)).rejects.toEqual(refused);
      await expect(storage.found.remove(name)).rejects.toEqual(refused);
      await expect(storage.found.adopt(name, known('a.raucb', 'bytes'))).rejects.toEqual(refused);
      expect(await names()).toEqual([]);
    },
  );
});

describe('what lies in a bundle folder and is not a stored bundle', () => {
  it('is listed with what it is, and read only where it is a plain file', async () => {
    const storage = await open();
    await keepText(storage, 'stored', 'stored.raucb');
    await writeFile(at('plain.raucb'), 'plain');
    await symlink('/etc/passwd', at('link.raucb'));
    await mkdir(at('folder.raucb'));
    await mustRun('mkfifo', [at('pipe.raucb')]);
    const found = await storage.found.list();
    expect(found.map(({ name, isPlainFile }) => [name, isPlainFile])).toEqual([
      ['.incoming', false],
      ['folder.raucb', false],
      ['link.raucb', false],
      ['pipe.raucb', false],
      ['plain.raucb', true],
    ]);
    for (const name of ['link.raucb', 'folder.raucb', 'pipe.raucb', 'missing.raucb'])
      await expect(storage.found.open(name)).rejects.toEqual(refusal('not-found'));
    const file = await storage.found.open('plain.raucb');
    expect((await file.read(0, 5)).toString()).toBe('plain');
    await file.close();
  });

  it('belongs to the storage when it is adopted, and is gone when it is removed', async () => {
    const storage = await open();
    await writeFile(at('a.raucb'), 'bytes');
    await writeFile(at('b.raucb'), 'other');
    await storage.found.adopt('a.raucb', known('a.raucb', 'bytes'));
    await storage.found.remove('b.raucb');
    expect(await storage.list()).toEqual([{ sha256: sha256Of('bytes'), sizeBytes: 5 }]);
    expect((await storage.found.list()).map(({ name }) => name)).toEqual(['.incoming']);
    expect(await names()).toEqual(['a.raucb']);
  });
});

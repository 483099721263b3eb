import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { openCrashFile } from '../../../../src/store/files/crash-file';
import { type OpenStore, openStore, openTokenStore } from '../../../../src/store/store';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

let outside: string;
let dataDir: string;
const stores: OpenStore[] = [];
beforeEach(async () => {
  outside = path.join(await temporaryFolder(), 'outside');
  dataDir = path.join(await temporaryFolder(), 'data');
  await mkdir(outside);
  await writeFile(path.join(outside, 'treasure'), 'not ours');
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

let names = 0;
async function open(dir = dataDir): Promise<OpenStore> {
  const store = await openStore(dir, { newName: () => `new-${names++}`, pid: process.pid });
  stores.push(store);
  return store;
}
const close = () => stores.pop()?.close();
const inData = (name: string) => path.join(dataDir, name);
const treasure = () => readFile(path.join(outside, 'treasure'), 'utf8');

describe('a symbolic link inside the data folder', () => {
  it.each(['bundles', 'bundles/.incoming', 'manifests'])(
    'is refused for the folder %s, which stays as it is',
    async (name) => {
      await open();
      close();
      await rm(inData(name), { recursive: true, force: true });
      await symlink(outside, inData(name));
      await expect(open()).rejects.toEqual(refusal('configuration'));
      expect(await treasure()).toBe('not ours');
    },
  );

  it.each(['server.db', 'server.db-wal', 'server.lock', 'manifest.json', 'database.marker', 'crash.json'])(
    'is refused for the file %s, also one that points at nothing',
    async (name) => {
      await open();
      close();
      for (const target of ['treasure', 'nothing']) {
        await rm(inData(name), { force: true });
        await symlink(path.join(outside, target), inData(name));
        await expect(open()).rejects.toEqual(refusal('configuration'));
        if (name.startsWith('server.db'))
          expect(() => openTokenStore(dataDir)).toThrow(refusal('configuration'));
      }
      expect(await treasure()).toBe('not ours');
      expect(existsSync(path.join(outside, 'nothing'))).toBe(false);
    },
  );

  it('is not written through when it comes while the server runs', async () => {
    const store = await open();
    for (const name of ['manifest.json.part', 'crash.json.part', 'database.marker.part'])
      await symlink(path.join(outside, 'treasure'), inData(name));
    await rm(inData('manifest.json'), { force: true });
    await symlink(path.join(outside, 'treasure'), inData('manifest.json'));
    await store.writeManifestFile('{}\n');
    await store.databaseMarker.write({ id: 'x', decision: 1 });
    openCrashFile(dataDir).write({
      at: new Date(0),
      startedAt: new Date(0),
      part: null,
      message: 'm',
      times: 1,
    });
    expect(await treasure()).toBe('not ours');
    expect(await readFile(inData('manifest.json'), 'utf8')).toBe('{}\n');
    expect(openCrashFile(dataDir).read()).toMatchObject({ message: 'm' });
  });

  it('is not read when it comes while the server runs', async () => {
    const store = await open();
    await writeFile(path.join(outside, 'marker'), '{"database":"theirs","decision":9}');
    await writeFile(path.join(outside, 'meta'), '{"sha256":"00"}');
    await rm(inData('database.marker'), { force: true });
    await symlink(path.join(outside, 'marker'), inData('database.marker'));
    await symlink(path.join(outside, 'meta'), inData('bundles/a.raucb.meta.json'));
    await symlink(path.join(outside, 'treasure'), inData('bundles/a.raucb'));
    expect(await store.databaseMarker.read()).toBe('unreadable');
    expect(await store.legacy.notes('a.raucb')).toMatchObject([{ problem: { code: 'legacy-not-plain' } }]);
    await expect(store.foundFiles.open('a.raucb')).rejects.toEqual(refusal('not-found'));
    expect(await store.foundFiles.list()).toContainEqual(
      expect.objectContaining({ name: 'a.raucb', isPlainFile: false }),
    );
  });

  it('is what a bundle does not replace, and what a delete removes', async () => {
    const store = await open();
    await symlink(path.join(outside, 'treasure'), inData('bundles/a.raucb'));
    const staged = await store.bundles.stage(Readable.from([Buffer.from('bytes')]), { limitBytes: 100 });
    await expect(staged.keep('a.raucb')).rejects.toEqual(refusal('conflict'));
    await store.foundFiles.remove('a.raucb');
    expect(await treasure()).toBe('not ours');
    await staged.keep('a.raucb');
    expect(await readFile(inData('bundles/a.raucb'), 'utf8')).toBe('bytes');
  });
});

describe('an honest data folder', () => {
  it('may be a symbolic link itself', async () => {
    const moved = path.join(outside, 'moved');
    await open();
    close();
    await rename(dataDir, moved);
    await symlink(moved, dataDir);
    const store = await open();
    await store.writeManifestFile('{}\n');
    expect(await readFile(path.join(moved, 'manifest.json'), 'utf8')).toBe('{}\n');
    openTokenStore(dataDir).close();
  });

  it('opens with what a killed server left', async () => {
    await open();
    close();
    for (const name of ['manifest.json.part', 'database.marker.part', 'crash.json.part'])
      await writeFile(inData(name), 'half');
    const store = await open();
    await store.writeManifestFile('{}\n');
    await store.databaseMarker.write({ id: 'x', decision: 1 });
    expect(await store.databaseMarker.read()).toEqual({ id: 'x', decision: 1 });
  });
});

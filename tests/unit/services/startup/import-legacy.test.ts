import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { mustRun, temporaryFolder } from '../../../support/programs';
import { openServices } from '../../../support/services';
import { bundleSigner } from '../../../support/test-pki';

/** The data folder of the original Python server: names below it, with their text. */
async function legacyFolder(files: Record<string, unknown> = {}): Promise<string> {
  const dataDir = path.join(await temporaryFolder(), 'data');
  await mkdir(path.join(dataDir, 'bundles'), { recursive: true });
  await mkdir(path.join(dataDir, 'manifests'));
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(path.join(dataDir, name), text);
  }
  return dataDir;
}

async function addBundle(dataDir: string, name: string, compatible = 'acme') {
  const made = await makeBundle({ compatible, seed: name });
  await copyFile(made.path, path.join(dataDir, 'bundles', name));
  return made;
}

function manifestOf(name: string, made: { sha256: string; sizeBytes: number }, compatible = 'acme') {
  return {
    bundle_url: `https://old.example.com/bundles/${name}`,
    compatible,
    filename: name,
    size: made.sizeBytes,
    sha256: made.sha256,
    released_at: '2024-05-06T07:08:09.123456',
  };
}

/** Every file below a folder, with its content; those of the new server left out. */
async function contentOf(dataDir: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('server.')) continue;
    const file = path.join(entry.parentPath, entry.name);
    content[path.relative(dataDir, file)] = (await readFile(file)).toString('base64');
  }
  return content;
}

it('takes over bundles, notes and releases, and renames or removes nothing', async () => {
  const dataDir = await legacyFolder();
  const one = await addBundle(dataDir, 'fw 1.0+rc1.raucb');
  const two = await addBundle(dataDir, 'gw.raucb', 'acme/gw');
  const three = await addBundle(dataDir, 'unreleased.raucb');
  const write = (name: string, json: unknown) => writeFile(path.join(dataDir, name), JSON.stringify(json));
  const uploaded = { uploaded_at: '2024-01-02T03:04:05' };
  await write('bundles/fw 1.0+rc1.meta.json', { compatible: 'acme', size: one.sizeBytes, ...uploaded });
  await write('bundles/gw.raucb.meta.json', { version: 7, sha256: two.sha256.toUpperCase(), ...uploaded });
  await write('manifests/acme_gw.json', manifestOf('gw.raucb', two, 'acme/gw'));
  await write('manifests/acme.json', manifestOf('fw 1.0+rc1.raucb', one));
  await write('manifest.json', manifestOf('fw 1.0+rc1.raucb', one));
  const before = await contentOf(dataDir);

  const opened = await openServices({ dataDir, compatible: 'acme' });
  expect(opened.services.startup).toEqual({
    adopted: ['fw 1.0+rc1.raucb', 'gw.raucb', 'unreleased.raucb'],
    released: ['acme', 'acme/gw'],
    problems: [],
  });
  expect(await opened.offered('acme')).toBe('fw 1.0+rc1.raucb');
  expect(await opened.offered('acme/gw')).toBe('gw.raucb');
  expect(opened.services.listBundles.get('gw.raucb').bundle.uploadedAt).toEqual(
    new Date('2024-01-02T03:04:05Z'),
  );
  expect(opened.services.listBundles.get('unreleased.raucb')).toMatchObject({
    bundle: { sha256: three.sha256 },
    activeFor: [],
  });
  const at = new Date('2024-05-06T07:08:09.123Z');
  expect(opened.services.listBundles.releases().map(({ releasedAt }) => releasedAt)).toEqual([at, at]);
  await opened.close();

  const {
    'manifest.json': manifest,
    'manifest.json.legacy': kept,
    'database.marker': marker,
    ...rest
  } = await contentOf(dataDir);
  const { 'manifest.json': legacyManifest, ...legacyRest } = before;
  expect(marker).toEqual(expect.any(String)); // beside the database, so that an older copy of it is noticed
  expect(rest).toEqual(legacyRest);
  expect(kept).toBe(legacyManifest);
  expect(JSON.parse(Buffer.from(manifest ?? '', 'base64').toString())).toMatchObject({
    filename: 'fw 1.0+rc1.raucb',
    released_at: '2024-05-06T07:08:09.123Z',
  });
});

it('imports once: what is decided later stays decided', async () => {
  const dataDir = await legacyFolder();
  const made = await addBundle(dataDir, 'a.raucb');
  await writeFile(path.join(dataDir, 'manifests/acme.json'), JSON.stringify(manifestOf('a.raucb', made)));
  const first = await openServices({ dataDir });
  await first.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
  await first.services.deleteBundle.delete({ name: 'a.raucb', actor: 'local' });
  await first.close();
  const second = await openServices({ dataDir });
  expect(second.services.startup).toEqual({ adopted: [], released: [], problems: [] });
  expect([await second.offered('acme'), second.services.listBundles.list()]).toEqual(['no-release', []]);
  await second.close();
});

it.each<[string, (made: { sha256: string; sizeBytes: number }) => Record<string, unknown>, string]>([
  ['a torn manifest', () => ({ 'manifests/acme.json': '{"compatible": "ac' }), 'manifests/acme.json'],
  ['a manifest without its fields', () => ({ 'manifests/acme.json': { size: 3 } }), 'manifests/acme.json'],
  ['a manifest that is a list', () => ({ 'manifest.json': [1] }), 'manifest.json'],
  ['a missing bundle', (made) => ({ 'manifest.json': manifestOf('none.raucb', made) }), 'manifest.json'],
  ['a path', (made) => ({ 'manifest.json': manifestOf('../bundles/a.raucb', made) }), 'manifest.json'],
  [
    'other bytes',
    (made) => ({ 'manifest.json': manifestOf('a.raucb', { ...made, sha256: '0'.repeat(64) }) }),
    'manifest.json',
  ],
  [
    'a compatible that is none',
    (made) => ({ 'manifest.json': manifestOf('a.raucb', made, 'a\n') }),
    'manifest.json',
  ],
])('reports %s and releases nothing for it', async (_title, files, reported) => {
  const made = await makeBundle({ compatible: 'acme', seed: 'a.raucb' });
  const dataDir = await legacyFolder(files(made));
  await addBundle(dataDir, 'a.raucb');
  const opened = await openServices({ dataDir });
  expect(opened.services.startup).toMatchObject({
    adopted: ['a.raucb'],
    released: [],
    problems: [{ path: reported }],
  });
  expect(opened.services.listBundles.releases()).toEqual([]);
  expect(opened.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
  await opened.close();
});

it('reports broken, misnamed and changed bundles and leaves them alone at every start', async () => {
  const dataDir = await legacyFolder({
    'bundles/noise.raucb': 'any bytes named .raucb',
    'bundles/changed.raucb.meta.json': { sha256: '0'.repeat(64) },
  });
  await addBundle(dataDir, 'good.raucb');
  await addBundle(dataDir, 'changed.raucb');
  await addBundle(dataDir, 'ümlaut.raucb');
  const before = await contentOf(dataDir);
  for (const adopted of [['good.raucb'], []]) {
    const opened = await openServices({ dataDir });
    expect(opened.services.startup.adopted).toEqual(adopted);
    expect(opened.services.startup.problems.map((problem) => problem.path)).toEqual([
      'changed.raucb',
      'noise.raucb',
      'ümlaut.raucb',
    ]);
    expect(opened.services.listBundles.list().map(({ bundle }) => bundle.name)).toEqual(['good.raucb']);
    await opened.close();
  }
  expect(await contentOf(dataDir)).toMatchObject(before);
});

it('reports what is named like a bundle and is not a plain file, and leaves it alone', async () => {
  const dataDir = await legacyFolder();
  const made = await makeBundle({ compatible: 'acme' });
  const at = (name: string) => path.join(dataDir, 'bundles', name);
  await symlink(made.path, at('link.raucb'));
  await mkdir(at('folder.raucb'));
  await mustRun('mkfifo', [at('pipe.raucb')]);
  const opened = await openServices({ dataDir });
  expect(opened.services.startup.adopted).toEqual([]);
  expect(opened.services.startup.problems.map((problem) => problem.path)).toEqual([
    'folder.raucb',
    'link.raucb',
    'pipe.raucb',
  ]);
  expect((await lstat(at('link.raucb'))).isSymbolicLink()).toBe(true);
  await opened.close();
});

it('starts although a bundle cannot be read by its user, and says so', async () => {
  const dataDir = await legacyFolder();
  await addBundle(dataDir, 'good.raucb');
  await addBundle(dataDir, 'locked.raucb');
  const opened = await openServices({
    dataDir,
    changeStore: ({ foundFiles }) => ({
      foundFiles: {
        ...foundFiles,
        open: (name) =>
          name === 'locked.raucb'
            ? Promise.reject(Object.assign(new Error('permission denied'), { code: 'EACCES' }))
            : foundFiles.open(name),
      },
    }),
  });
  expect(opened.services.startup).toMatchObject({
    adopted: ['good.raucb'],
    problems: [{ path: 'locked.raucb' }],
  });
  await opened.close();
});

it('leaves bundles of other signers alone, as an upload of them would be refused', async () => {
  const dataDir = await legacyFolder();
  await addBundle(dataDir, 'a.raucb');
  const keyringPath = (await bundleSigner('rsa')).caPath;
  const opened = await openServices({ dataDir, keyringPath });
  expect(opened.services.startup).toMatchObject({ adopted: [], problems: [{ path: 'a.raucb' }] });
  await opened.close();
  const allowing = await openServices({ dataDir, keyringPath, allowUntrusted: true });
  expect(allowing.services.startup.adopted).toEqual(['a.raucb']);
  await allowing.close();
});

it('ignores torn notes, and says so', async () => {
  const dataDir = await legacyFolder({ 'bundles/a.meta.json': '{' });
  await addBundle(dataDir, 'a.raucb');
  await utimes(path.join(dataDir, 'bundles/a.raucb'), 1_700_000_000, 1_700_000_000);
  const opened = await openServices({ dataDir });
  expect(opened.services.startup).toMatchObject({
    adopted: ['a.raucb'],
    problems: [
      { path: 'bundles/a.meta.json', message: { parameters: { why: { code: 'legacy-not-json' } } } },
    ],
  });
  expect(opened.services.listBundles.get('a.raucb').bundle.uploadedAt).toEqual(new Date(1_700_000_000_000));
  await opened.close();
});

it('knows the compatible of an encrypted bundle from its notes', async () => {
  const dataDir = await legacyFolder({ 'bundles/c.raucb.meta.json': { compatible: 'acme' } });
  const made = await makeBundle({ format: 'crypt', recipients: [await bundleSigner('rsa')], rauc: 'sid' });
  await copyFile(made.path, path.join(dataDir, 'bundles/c.raucb'));
  const opened = await openServices({ dataDir });
  expect(opened.services.listBundles.get('c.raucb').bundle.compatible).toBe('acme');
  await opened.close();
});

it('keeps a release for another compatible than the bundle names, as it was, and says so', async () => {
  const dataDir = await legacyFolder();
  const made = await addBundle(dataDir, 'a.raucb', 'acme');
  await writeFile(
    path.join(dataDir, 'manifest.json'),
    JSON.stringify(manifestOf('a.raucb', made, 'default')),
  );
  const opened = await openServices({ dataDir });
  expect(opened.services.startup).toMatchObject({
    released: ['default'],
    problems: [{ path: 'manifest.json' }],
  });
  expect(await opened.offered('default')).toBe('a.raucb');
  expect(await opened.services.listBundles.history({ limit: 1 })).toMatchObject([{ forced: true }]);
  await opened.close();
});

it('lets the newer of two manifests of one compatible count, and reports the other', async () => {
  const dataDir = await legacyFolder();
  const one = await addBundle(dataDir, 'one.raucb');
  const two = await addBundle(dataDir, 'two.raucb');
  const newer = { ...manifestOf('one.raucb', one), released_at: '2025-01-01T00:00:00+02:00' };
  await writeFile(path.join(dataDir, 'manifests/acme.json'), JSON.stringify(newer));
  await writeFile(path.join(dataDir, 'manifest.json'), JSON.stringify(manifestOf('two.raucb', two)));
  const opened = await openServices({ dataDir });
  expect(opened.services.startup).toMatchObject({
    released: ['acme'],
    problems: [{ path: 'manifest.json' }],
  });
  expect(await opened.offered('acme')).toBe('one.raucb');
  expect(opened.services.listBundles.releases()[0]?.releasedAt).toEqual(new Date('2024-12-31T22:00:00Z'));
  await opened.close();
});

it('imports also when the server ran before, but never against what was decided since', async () => {
  const before = await openServices();
  const made = await makeBundle({ compatible: 'acme', seed: 'new' });
  await before.publish(made.path, { name: 'new.raucb', activate: true });
  await before.services.activateRelease.deactivate({ compatible: 'acme', actor: 'local' });
  await before.close();
  const { dataDir } = before;
  await mkdir(path.join(dataDir, 'manifests'));
  for (const compatible of ['acme', 'other']) {
    const old = await addBundle(dataDir, `${compatible}.raucb`, compatible);
    const manifest = JSON.stringify(manifestOf(`${compatible}.raucb`, old, compatible));
    await writeFile(path.join(dataDir, `manifests/${compatible}.json`), manifest);
  }
  const opened = await openServices({ dataDir });
  expect(opened.services.startup).toMatchObject({
    released: ['other'],
    problems: [{ path: 'manifests/acme.json' }],
  });
  expect([await opened.offered('acme'), await opened.offered('other')]).toEqual([
    'no-release',
    'other.raucb',
  ]);
  await opened.close();
});

it('starts over after a start that was cut short, and changes nothing twice', async () => {
  const dataDir = await legacyFolder();
  const made = await addBundle(dataDir, 'a.raucb');
  await writeFile(path.join(dataDir, 'manifest.json'), JSON.stringify(manifestOf('a.raucb', made)));
  const cutShort = openServices({
    dataDir,
    changeStore: ({ markers }) => ({
      markers: { has: (name) => markers.has(name), set: () => Promise.reject(new Error('cut')) },
    }),
  });
  await expect(cutShort).rejects.toThrow('cut');
  const opened = await openServices({ dataDir });
  expect(opened.services.startup.problems).toEqual([]);
  expect(await opened.offered('acme')).toBe('a.raucb');
  expect(await opened.services.listBundles.history({ limit: 9 })).toHaveLength(1);
  await opened.close();
});

it('does not take its own manifest.json for a decision when a person starts again with an empty database', async () => {
  const dataDir = await legacyFolder();
  await addBundle(dataDir, 'a.raucb');
  const before = await openServices({ dataDir });
  await before.services.activateRelease.activate({ name: 'a.raucb', actor: 'local' });
  await before.close();
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('server.') || name === 'database.marker') await rm(path.join(dataDir, name));
  }
  const after = await openServices({ dataDir });
  expect(after.services.startup).toMatchObject({ adopted: ['a.raucb'], released: [] });
  expect(await after.offered('acme')).toBe('no-release');
  await after.close();
});

describe('a bundle put into the folder by hand', () => {
  it('is taken in at the next start, and not released', async () => {
    const before = await openServices();
    await before.close();
    const { dataDir } = before;
    await addBundle(dataDir, 'a.raucb');
    const opened = await openServices({ dataDir });
    expect(opened.services.startup.adopted).toEqual(['a.raucb']);
    expect(await opened.offered('acme')).toBe('no-release');
    await opened.close();
  });

  it('comes back after a delete with the same bytes, and is left alone with others', async () => {
    const before = await openServices();
    const made = await makeBundle({ compatible: 'acme', seed: 'a.raucb' });
    for (const name of ['a.raucb', 'b.raucb']) {
      await before.publish(made.path, { name });
      await before.services.deleteBundle.delete({ name, actor: 'local' });
    }
    await before.close();
    const { dataDir } = before;
    await addBundle(dataDir, 'a.raucb');
    await addBundle(dataDir, 'b.raucb');
    const opened = await openServices({ dataDir });
    expect(opened.services.startup).toMatchObject({ adopted: ['a.raucb'], problems: [{ path: 'b.raucb' }] });
    expect((await stat(path.join(dataDir, 'bundles/b.raucb'))).isFile()).toBe(true);
    await opened.close();
  });
});

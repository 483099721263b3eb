import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { type OpenedServices, openServices } from '../../../support/services';

let opened: OpenedServices;
beforeEach(async () => {
  opened = await openServices();
  for (const seed of ['one', 'two']) {
    const made = await makeBundle({ compatible: 'acme', seed });
    await opened.publish(made.path, { name: `${seed}.raucb` });
  }
});
afterEach(() => opened.close());

const activate = (name: string, more: { compatible?: string; force?: boolean } = {}) =>
  opened.services.activateRelease.activate({ name, actor: 'token:ci', ...more });
const deactivate = (compatible: string) =>
  opened.services.activateRelease.deactivate({ compatible, actor: 'local' });

it('makes a bundle current for its own compatible and writes who, when and what was before', async () => {
  await activate('one.raucb');
  const { release, changed } = await activate('two.raucb');
  expect({ changed, name: release.bundle.name }).toEqual({ changed: true, name: 'two.raucb' });
  expect(await opened.offered('acme')).toBe('two.raucb');
  const [latest] = await opened.services.listBundles.history({ limit: 1 });
  expect(latest).toEqual({
    id: 2,
    compatible: 'acme',
    channel: 'stable',
    action: 'activate',
    bundleName: 'two.raucb',
    previousBundleName: 'one.raucb',
    releaseId: 2,
    at: release.releasedAt,
    by: 'token:ci',
    forced: false,
  });
});

it('changes nothing when the bundle is current already', async () => {
  const first = await activate('one.raucb');
  const second = await activate('one.raucb');
  expect(second).toEqual({ release: first.release, changed: false });
  expect(await opened.services.listBundles.history({ limit: 9 })).toHaveLength(1);
});

it('refuses another compatible unless forced, and says so in the history', async () => {
  await expect(activate('one.raucb', { compatible: 'other' })).rejects.toMatchObject({ code: 'conflict' });
  expect(await opened.offered('other')).toBe('no-release');
  await activate('one.raucb', { compatible: 'other', force: true });
  expect(await opened.offered('other')).toBe('one.raucb');
  expect(await opened.services.listBundles.history({ limit: 1 })).toMatchObject([
    { compatible: 'other', forced: true },
  ]);
});

it('keeps compatibles apart that differ in one character', async () => {
  await activate('one.raucb', { compatible: 'acme/gw', force: true });
  expect(
    await Promise.all(['acme/gw', 'acme gw', 'ACME/GW'].map((compatible) => opened.offered(compatible))),
  ).toEqual(['one.raucb', 'no-release', 'no-release']);
});

it('refuses a bundle that is not there and a compatible that is none', async () => {
  await expect(activate('none.raucb')).rejects.toMatchObject({ code: 'not-found' });
  await expect(activate('../one.raucb')).rejects.toMatchObject({ code: 'not-found' });
  await expect(activate('one.raucb', { compatible: ' x', force: true })).rejects.toMatchObject({
    code: 'invalid-input',
  });
});

it('serves nothing after a deactivation, also not the default compatible', async () => {
  await activate('one.raucb');
  expect(await opened.offered(null)).toBe('one.raucb');
  expect(await deactivate('acme')).toMatchObject({ action: 'deactivate', previousBundleName: 'one.raucb' });
  expect([await opened.offered('acme'), await opened.offered(null)]).toEqual(['no-release', 'no-compatible']);
  expect(opened.services.listBundles.releases()).toEqual([]);
  await expect(deactivate('acme')).rejects.toMatchObject({ code: 'not-found' });
});

it('keeps releases and history across a restart', async () => {
  await activate('one.raucb');
  await activate('two.raucb');
  const { dataDir } = opened;
  const releases = opened.services.listBundles.releases();
  const history = await opened.services.listBundles.history({ limit: 9 });
  await opened.close();
  opened = await openServices({ dataDir });
  expect(opened.services.listBundles.releases()).toEqual(releases);
  expect(await opened.services.listBundles.history({ limit: 9 })).toEqual(history);
  expect(await opened.offered('acme')).toBe('two.raucb');
});

it('gives activations at the same time one order, without a gap in what was before', async () => {
  const names = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 'one.raucb' : 'two.raucb'));
  await Promise.all(names.map((name) => activate(name)));
  const history = [...(await opened.services.listBundles.history({ limit: 99 }))].reverse();
  expect(history.map(({ bundleName }) => bundleName)).toEqual(names);
  expect(history.map((line) => line.previousBundleName)).toEqual([null, ...names.slice(0, -1)]);
  expect(await opened.offered('acme')).toBe(names.at(-1));
});

it('pages through the history of one compatible', async () => {
  for (const name of ['one.raucb', 'two.raucb', 'one.raucb']) await activate(name);
  await activate('two.raucb', { compatible: 'other', force: true });
  const [newest] = await opened.services.listBundles.history({ compatible: 'acme', limit: 1 });
  expect(newest?.id).toBe(3);
  const older = await opened.services.listBundles.history({ compatible: 'acme', limit: 9, beforeId: 3 });
  expect(older.map(({ id }) => id)).toEqual([2, 1]);
});

describe('manifest.json', () => {
  const manifest = async () =>
    JSON.parse(await readFile(path.join(opened.dataDir, 'manifest.json'), 'utf8')) as Record<string, unknown>;

  it('follows the release of the default compatible', async () => {
    expect(await manifest()).toMatchObject({ bundle_url: '', filename: '' });
    const { release } = await activate('one.raucb');
    const { sha256, sizeBytes } = release.bundle;
    expect(await manifest()).toMatchObject({
      bundle_url: `https://updates.test:8443/bundles/${sha256}/one.raucb`,
      compatible: 'acme',
      filename: 'one.raucb',
      size: sizeBytes,
      sha256,
      released_at: release.releasedAt.toISOString(),
    });
    await deactivate('acme');
    expect(await manifest()).toMatchObject({ bundle_url: '', filename: '' });
  });

  it('that cannot be written is told to a person and does not stop the activation', async () => {
    const file = path.join(opened.dataDir, 'manifest.json');
    await rm(file);
    await mkdir(file); // a folder can't be replaced by a file, also not by root
    await chmod(file, 0o700);
    await activate('one.raucb');
    expect(await opened.offered('acme')).toBe('one.raucb');
    expect(opened.log.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});

describe('a version that no device can tell', () => {
  const publish = async (version: string, activate: boolean) =>
    opened.publish((await makeBundle({ compatible: 'acme', version })).path, {
      name: 'told.raucb',
      activate,
    });

  it.each([['1'.repeat(257)], ['1.0\\t2'], ['1.0\u202e']])('is not released: %j', async (version) => {
    await expect(publish(version, true)).rejects.toMatchObject({
      code: 'conflict',
      remedy: expect.stringContaining('1 to 256 printable characters') as string,
    });
    await publish(version, false); // it may be stored, and looked at
    await expect(activate('told.raucb')).rejects.toMatchObject({ code: 'conflict' });
    expect(await opened.offered('acme')).toBe('no-release');
  });

  it.each([['1'.repeat(256)], ['2026 spring'], ['Ausgabe-ä']])('is not %j', async (version) => {
    await publish(version, true);
    expect(await opened.offered('acme')).toBe('told.raucb');
  });
});

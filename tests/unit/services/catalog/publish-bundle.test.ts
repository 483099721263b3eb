import { lstat, mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { DomainError } from '../../../../src/core/errors';
import type { OpenStore } from '../../../../src/store/store';
import { makeBundle } from '../../../support/bundle-factory';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';
import { bundleSigner } from '../../../support/test-pki';

const limits = { limitBytes: 1 << 30 };

async function stored(dataDir: string): Promise<{ bundles: string[]; incoming: string[] }> {
  const folder = path.join(dataDir, 'bundles');
  return {
    bundles: (await readdir(folder)).filter((name) => name !== '.incoming'),
    incoming: await readdir(path.join(folder, '.incoming')),
  };
}
const nothing = { bundles: [], incoming: [] };

describe('publishing', () => {
  let opened: OpenedServices;
  beforeEach(async () => {
    opened = await openServices();
  });
  afterEach(() => opened.close());

  it('stores a bundle under its name, with what the inspection found', async () => {
    const made = await makeBundle({ compatible: 'acme' });
    const { bundle, created, release } = await opened.publish(made.path, { name: 'fw-1.0.raucb' });
    expect({ created, release }).toEqual({ created: true, release: null });
    expect(bundle).toMatchObject({
      name: 'fw-1.0.raucb',
      sha256: made.sha256,
      sizeBytes: made.sizeBytes,
      compatible: 'acme',
      uploadedBy: 'local',
      inspection: { verdict: 'unchecked', format: 'verity' },
    });
    const file = path.join(opened.dataDir, 'bundles/fw-1.0.raucb');
    expect((await readFile(file)).equals(await readFile(made.path))).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stored(opened.dataDir)).incoming).toEqual([]);
    expect(opened.services.listBundles.get('fw-1.0.raucb').bundle).toEqual(bundle);
  });

  it('holds up no other change of the catalog while bytes are sent to where they last', async () => {
    const { publishBundle } = opened.services;
    const [one, two] = [await makeBundle({ seed: 'one' }), await makeBundle({ seed: 'two' })];
    const staged = await publishBundle.stage(Readable.from([await readFile(one.path)]), limits);
    let hasArrived: () => void = () => undefined;
    const sending = new Promise<void>((resolve) => (hasArrived = resolve));
    const request = { name: 'one.raucb', actor: 'local' };
    const publishing = publishBundle.publish({ ...staged, send: () => sending }, request);
    await opened.publish(two.path, { name: 'two.raucb', activate: true });
    expect((await stored(opened.dataDir)).bundles).toEqual(['two.raucb']);
    hasArrived();
    expect(await publishing).toMatchObject({ created: true });
  });

  it('holds up no other change while the storage is asked whether it has the bytes', async () => {
    const [one, two] = [await makeBundle({ seed: 'one' }), await makeBundle({ seed: 'two' })];
    await opened.publish(one.path, { name: 'one.raucb' });
    const { bundles } = opened.store;
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    const stat = jest.spyOn(bundles, 'stat').mockImplementation(async (sha256) => {
      await asked;
      return { sha256, sizeBytes: one.sizeBytes };
    });
    const again = opened.publish(one.path, { name: 'one.raucb' });
    await opened.publish(two.path, { name: 'two.raucb', activate: true });
    answer();
    expect(await again).toMatchObject({ created: false });
    stat.mockRestore();
  });

  it('keeps the bytes of a bundle that the database has, although the answer to the commit was lost', async () => {
    const { path: file } = await makeBundle();
    const { catalog } = opened.store;
    const commit = jest.spyOn(catalog, 'commit').mockImplementationOnce(async (change) => {
      commit.mockRestore();
      await catalog.commit(change);
      throw DomainError.of('database-lost-at-commit');
    });
    await expect(opened.publish(file, { name: 'fw.raucb' })).rejects.toEqual(refusal('unavailable'));
    expect((await stored(opened.dataDir)).bundles).toEqual(['fw.raucb']);
  });

  it('offers nothing until a bundle is activated, and never the newest', async () => {
    const one = await makeBundle({ compatible: 'acme', seed: 'one' });
    const two = await makeBundle({ compatible: 'acme', seed: 'two' });
    await opened.publish(one.path, { name: 'one.raucb' });
    expect(await opened.offered('acme')).toBe('no-release');
    await opened.services.activateRelease.activate({ name: 'one.raucb', actor: 'local' });
    await opened.publish(two.path, { name: 'two.raucb' });
    expect(await opened.offered('acme')).toBe('one.raucb');
  });

  it('publishes and activates in one step, with a line of history', async () => {
    const made = await makeBundle({ compatible: 'acme' });
    const { release } = await opened.publish(made.path, { name: 'a.raucb', activate: true });
    expect(release).toMatchObject({ compatible: 'acme', channel: 'stable', releasedBy: 'local' });
    expect(await opened.offered('acme')).toBe('a.raucb');
    expect(await opened.services.listBundles.history({ limit: 9 })).toMatchObject([
      { action: 'activate', bundleName: 'a.raucb', previousBundleName: null, by: 'local', forced: false },
    ]);
  });

  it('takes the same bytes under the same name again, and then still activates them', async () => {
    const made = await makeBundle();
    const first = await opened.publish(made.path, { name: 'a.raucb' });
    const second = await opened.publish(made.path, { name: 'a.raucb', activate: true });
    expect(second.created).toBe(false);
    expect(second.bundle.uploadedAt).toEqual(first.bundle.uploadedAt);
    expect(await opened.offered('test-board')).toBe('a.raucb');
    expect(await stored(opened.dataDir)).toEqual({ bundles: ['a.raucb'], incoming: [] });
  });

  it('refuses other bytes under the same name and keeps the first', async () => {
    const one = await makeBundle({ seed: 'one' });
    const two = await makeBundle({ seed: 'two' });
    await opened.publish(one.path, { name: 'a.raucb' });
    await expect(opened.publish(two.path, { name: 'a.raucb' })).rejects.toEqual(refusal('conflict'));
    expect(
      (await readFile(path.join(opened.dataDir, 'bundles/a.raucb'))).equals(await readFile(one.path)),
    ).toBe(true);
    expect((await stored(opened.dataDir)).incoming).toEqual([]);
  });

  it('keeps a deleted name bound to its bytes, which may come back', async () => {
    const one = await makeBundle({ seed: 'one' });
    const two = await makeBundle({ seed: 'two' });
    await opened.publish(one.path, { name: 'a.raucb' });
    await opened.services.deleteBundle.delete({ name: 'a.raucb', actor: 'local' });
    await expect(opened.publish(two.path, { name: 'a.raucb' })).rejects.toEqual(refusal('conflict'));
    expect(await stored(opened.dataDir)).toEqual(nothing);
    expect(await opened.publish(one.path, { name: 'a.raucb' })).toMatchObject({ created: true });
  });

  it.each(['../a.raucb', 'a/b.raucb', '.hidden.raucb', 'a\0.raucb', `${'a'.repeat(300)}.raucb`, 'a.bin', ''])(
    'refuses the name %j and stores nothing',
    async (name) => {
      const made = await makeBundle();
      await expect(opened.publish(made.path, { name })).rejects.toEqual(refusal('invalid-input'));
      expect(await stored(opened.dataDir)).toEqual(nothing);
    },
  );

  it('refuses what is not a bundle, and a bundle cut short', async () => {
    const made = await makeBundle();
    const folder = await temporaryFolder();
    const noise = path.join(folder, 'noise.raucb');
    const cut = path.join(folder, 'cut.raucb');
    await writeFile(noise, 'any bytes');
    await writeFile(cut, (await readFile(made.path)).subarray(0, -100));
    for (const file of [noise, cut]) {
      await expect(opened.publish(file)).rejects.toMatchObject({
        code: 'bundle-broken',
        details: { findings: [expect.objectContaining({ code: expect.any(String) as string })] },
      });
    }
    expect(await stored(opened.dataDir)).toEqual(nothing);
  });

  it('refuses another compatible than the manifest says, unless forced', async () => {
    const made = await makeBundle({ compatible: 'acme' });
    const request = { name: 'a.raucb', compatible: 'other', activate: true };
    await expect(opened.publish(made.path, request)).rejects.toEqual(refusal('conflict'));
    await expect(opened.publish(made.path, { name: 'a.raucb', compatible: 'other' })).rejects.toEqual(
      refusal('conflict'),
    );
    expect(await stored(opened.dataDir)).toEqual(nothing);
    const { bundle, release } = await opened.publish(made.path, { ...request, force: true });
    expect([bundle.compatible, release?.compatible]).toEqual(['acme', 'other']);
    expect(await opened.offered('other')).toBe('a.raucb');
    expect(await opened.offered('acme')).toBe('no-release');
    expect(await opened.services.listBundles.history({ limit: 1 })).toMatchObject([{ forced: true }]);
  });

  it('activates an encrypted bundle only for a compatible that is named, and stores nothing without one', async () => {
    const recipient = await bundleSigner('rsa');
    const made = await makeBundle({ format: 'crypt', recipients: [recipient], rauc: 'sid' });
    await expect(opened.publish(made.path, { name: 'c.raucb', activate: true })).rejects.toEqual(
      refusal('invalid-input'),
    );
    expect(await stored(opened.dataDir)).toEqual(nothing);
    const request = { name: 'c.raucb', activate: true, compatible: 'acme' };
    const { bundle } = await opened.publish(made.path, request);
    expect(bundle).toMatchObject({
      compatible: 'acme',
      inspection: { encrypted: true, verdict: 'unchecked' },
    });
    expect(await opened.offered('acme')).toBe('c.raucb');
  });

  it('lets two uploads of the same bytes at once both succeed, one of them as created', async () => {
    const made = await makeBundle();
    const both = await Promise.all([1, 2].map(() => opened.publish(made.path, { name: 'a.raucb' })));
    expect(both.map(({ created }) => created).sort()).toEqual([false, true]);
    expect(await stored(opened.dataDir)).toEqual({ bundles: ['a.raucb'], incoming: [] });
  });

  it('lets one of two uploads of other bytes under one name win, and refuses the other', async () => {
    const made = await Promise.all(['one', 'two'].map((seed) => makeBundle({ seed })));
    const both = await Promise.allSettled(
      made.map(({ path: file }) => opened.publish(file, { name: 'a.raucb' })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value.bundle.sha256] : []));
    const lost = both.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(lost).toEqual([refusal('conflict')]);
    const file = await readFile(path.join(opened.dataDir, 'bundles/a.raucb'));
    expect(file.equals(await readFile(made.find(({ sha256 }) => won.includes(sha256))?.path ?? ''))).toBe(
      true,
    );
    expect((await stored(opened.dataDir)).incoming).toEqual([]);
  });

  it('refuses an upload over the limit in its middle, before the rest is read', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const staging = opened.services.publishBundle.stage(endless, { limitBytes: 1 << 20 });
    await expect(staging).rejects.toEqual(refusal('too-large'));
    expect(sent).toBeLessThan(3 << 20);
    expect(await stored(opened.dataDir)).toEqual(nothing);
  });

  it.each<[string, (stream: PassThrough, abort: AbortController) => void]>([
    ['breaks off', (stream) => stream.destroy(new Error('reset'))],
    ['closes early', (stream) => stream.destroy()],
    ['is aborted', (_stream, abort) => abort.abort()],
  ])('leaves nothing of an upload that %s', async (_title, end) => {
    const stream = new PassThrough();
    const abort = new AbortController();
    const staging = opened.services.publishBundle.stage(stream, { ...limits, signal: abort.signal });
    stream.write(Buffer.alloc(100_000));
    while ((await stored(opened.dataDir)).incoming.length === 0) await new Promise(setImmediate);
    end(stream, abort);
    await expect(staging).rejects.toEqual(refusal('invalid-input'));
    expect(await stored(opened.dataDir)).toEqual(nothing);
  });

  it('refuses an empty upload', async () => {
    await expect(opened.services.publishBundle.stage(Readable.from([]), limits)).rejects.toEqual(
      refusal('invalid-input'),
    );
    expect(await stored(opened.dataDir)).toEqual(nothing);
  });

  it('never replaces a file that it does not know', async () => {
    const made = await makeBundle();
    const file = path.join(opened.dataDir, 'bundles/a.raucb');
    await writeFile(file, 'dropped in by hand');
    await expect(opened.publish(made.path, { name: 'a.raucb' })).rejects.toEqual(refusal('conflict'));
    expect(await readFile(file, 'utf8')).toBe('dropped in by hand');
    expect((await stored(opened.dataDir)).incoming).toEqual([]);
  });
});

describe('publishing with a keyring', () => {
  it('trusts its signers and refuses others', async () => {
    const trusted = await makeBundle({ signer: await bundleSigner('ec') });
    const other = await makeBundle({ signer: await bundleSigner('rsa') });
    const opened = await openServices({ keyringPath: trusted.keyringPath });
    expect((await opened.publish(trusted.path, { name: 'a.raucb' })).bundle.inspection.verdict).toBe(
      'trusted',
    );
    await expect(opened.publish(other.path, { name: 'b.raucb' })).rejects.toEqual(
      refusal('bundle-untrusted'),
    );
    expect(await stored(opened.dataDir)).toEqual({ bundles: ['a.raucb'], incoming: [] });
    await opened.close();
  });

  it('stores others when the operator allows it, and tells the verdict', async () => {
    const { keyringPath } = await makeBundle({ signer: await bundleSigner('ec') });
    const other = await makeBundle({ signer: await bundleSigner('rsa') });
    const opened = await openServices({ keyringPath, allowUntrusted: true });
    expect((await opened.publish(other.path)).bundle.inspection.verdict).toBe('untrusted');
    await opened.close();
  });
});

describe('a bundle whose file is gone or damaged', () => {
  it('is neither found nor offered, and comes back with the same upload', async () => {
    const made = await makeBundle({ compatible: 'acme' });
    const before = await openServices();
    await before.publish(made.path, { name: 'a.raucb', activate: true });
    await before.close();
    await writeFile(path.join(before.dataDir, 'bundles/a.raucb'), 'torn');

    const { dataDir } = before;
    const torn = await openServices({ dataDir });
    expect(torn.services.startup.problems).toMatchObject([{ path: 'a.raucb' }]);
    expect(torn.log).toContainEqual(expect.objectContaining({ level: 'warn' }));
    expect(torn.services.readBundle.find('a.raucb')).toBeUndefined();
    expect(await torn.offered('acme')).toBe('no-release');
    expect(torn.services.listBundles.list()).toEqual([]);
    await torn.close();

    await rm(path.join(dataDir, 'bundles/a.raucb'));
    const missing = await openServices({ dataDir });
    expect(await missing.offered('acme')).toBe('no-release');
    expect(await missing.publish(made.path, { name: 'a.raucb' })).toMatchObject({ created: true });
    expect(await missing.offered('acme')).toBe('a.raucb');
    await missing.close();
  });

  async function damaged(damage: (file: string) => Promise<void>) {
    const made = await makeBundle({ compatible: 'acme' });
    const before = await openServices();
    await before.publish(made.path, { name: 'a.raucb', activate: true });
    await before.close();
    const file = path.join(before.dataDir, 'bundles/a.raucb');
    await damage(file);
    return { made, file, opened: await openServices({ dataDir: before.dataDir }) };
  }

  it('heals with the same upload when its file has the wrong size', async () => {
    const { made, file, opened } = await damaged((name) => truncate(name, 5_000));
    expect(await opened.offered('acme')).toBe('no-release');
    const other = await makeBundle({ compatible: 'acme', seed: 'other' });
    await expect(opened.publish(other.path, { name: 'a.raucb' })).rejects.toEqual(refusal('conflict'));
    expect((await stat(file)).size).toBe(5_000);
    expect(await opened.publish(made.path, { name: 'a.raucb' })).toMatchObject({ created: true });
    expect((await readFile(file)).equals(await readFile(made.path))).toBe(true);
    expect(await opened.offered('acme')).toBe('a.raucb');
    expect(await stored(opened.dataDir)).toEqual({ bundles: ['a.raucb'], incoming: [] });
    const again = await opened.publish(made.path, { name: 'a.raucb' });
    expect(again.created).toBe(false);
    await opened.close();
  });

  it('heals while the server runs, and for who reads it at that moment', async () => {
    const opened = await openServices();
    const made = await makeBundle({ compatible: 'acme' });
    const { bundle } = await opened.publish(made.path, { name: 'a.raucb', activate: true });
    const { readBundle } = opened.services;
    const reader = await readBundle.open(bundle);
    await truncate(path.join(opened.dataDir, 'bundles/a.raucb'), 5_000);
    await expect(reader.read(4_000, 2_000)).rejects.toThrow();
    await expect(readBundle.open(bundle)).rejects.toEqual(refusal('not-found'));
    expect(await opened.publish(made.path, { name: 'a.raucb' })).toMatchObject({ created: true });
    const next = await readBundle.open(bundle);
    const bytes = await readFile(made.path);
    expect((await next.read(0, bytes.length)).equals(bytes)).toBe(true);
    next.release();
    reader.release();
    await opened.close();
  });

  it('stays lost while a folder or a link has its name', async () => {
    for (const put of [(name: string) => mkdir(name), (name: string) => symlink('/dev/null', name)]) {
      const { made, file, opened } = await damaged(async (name) => {
        await rm(name);
        await put(name);
      });
      const before = await lstat(file);
      await expect(opened.publish(made.path, { name: 'a.raucb' })).rejects.toEqual(refusal('conflict'));
      expect((await lstat(file)).ino).toBe(before.ino);
      expect((await stored(opened.dataDir)).incoming).toEqual([]);
      await opened.close();
    }
  });
});

describe('an upload that cannot be written down', () => {
  const failing = (isFailing: () => boolean) => ({
    changeStore: ({ catalog }: OpenStore): Partial<OpenStore> => ({
      catalog: {
        ...catalog,
        commit: (change) =>
          isFailing() ? Promise.reject(new DomainError('storage-full', 'no space')) : catalog.commit(change),
      },
    }),
  });

  it('leaves no file, and is taken when it can be', async () => {
    let isFailing = true;
    const made = await makeBundle({ compatible: 'acme' });
    const opened = await openServices(failing(() => isFailing));
    const request = { name: 'a.raucb', activate: true };
    await expect(opened.publish(made.path, request)).rejects.toEqual(refusal('storage-full'));
    expect(await stored(opened.dataDir)).toEqual(nothing);
    expect([opened.services.readBundle.find('a.raucb'), await opened.offered('acme')]).toEqual([
      undefined,
      'no-release',
    ]);
    isFailing = false;
    expect(await opened.publish(made.path, request)).toMatchObject({ created: true });
    await opened.close();
  });

  it('takes no bytes from a bundle that was stored before', async () => {
    let isFailing = false;
    const made = await makeBundle({ compatible: 'acme' });
    const opened = await openServices(failing(() => isFailing));
    const file = path.join(opened.dataDir, 'bundles/a.raucb');
    await opened.publish(made.path, { name: 'a.raucb' });
    isFailing = true;
    for (const damage of [() => Promise.resolve(), () => truncate(file, 5_000)]) {
      await damage();
      const again = opened.publish(made.path, { name: 'a.raucb', activate: true });
      await expect(again).rejects.toEqual(refusal('storage-full'));
      expect((await readFile(file)).equals(await readFile(made.path))).toBe(true);
    }
    expect((await stored(opened.dataDir)).incoming).toEqual([]);
    await opened.close();
  });
});

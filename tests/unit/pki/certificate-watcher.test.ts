import fs from 'node:fs';
import promises, { rename, rm, utimes, writeFile } from 'node:fs/promises';
import type { Revocation } from '../../../src/core/certificate';
import { withFolderLock } from '../../../src/pki/folder-lock';
import { readRevocations } from '../../../src/pki/revocation-list';
import { loadServerTls, type ServerTls } from '../../../src/pki/server-tls';
import { CertificateWatcher, type WatchOptions } from '../../../src/pki/certificate-watcher';
import { folderWithCa, type TestFolder } from '../../support/certificate-folder';

interface Watched extends TestFolder {
  readonly tls: ServerTls[];
  readonly lists: (readonly Revocation[])[];
  readonly errors: unknown[];
}

const watchers: { close(): void }[] = [];
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
  jest.restoreAllMocks();
});

async function watched(options: WatchOptions = {}): Promise<Watched> {
  const made = await folderWithCa();
  await made.folder.createServer({ names: ['localhost'], ips: [] });
  await made.folder.createDevice({ id: 'a' });
  await made.folder.createDevice({ id: 'b' });
  return await watchFolder(made, options);
}

async function watchFolder(made: TestFolder, options: WatchOptions = {}): Promise<Watched> {
  const seen = { tls: [] as ServerTls[], lists: [] as (readonly Revocation[])[], errors: [] as unknown[] };
  const initial = { tls: await loadServerTls(made.dir), revocations: await readRevocations(made.dir) };
  watchers.push(
    new CertificateWatcher(
      made.dir,
      {
        onTls: (tls) => seen.tls.push(tls),
        onRevocations: (list) => seen.lists.push(list),
        onError: (error) => seen.errors.push(error),
      },
      { settleMs: 60, initial, ...options },
    ),
  );
  return { ...made, ...seen };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('while the server runs', () => {
  it('a new server certificate is taken over, once, with its key', async () => {
    const { folder, tls, errors, dir } = await watched();
    await folder.createServer({ names: ['new.example.com'], ips: [], force: true });
    await until(() => tls.length > 0);
    expect(tls[0]?.names).toEqual(['new.example.com']);
    expect(tls[0]).toEqual(await loadServerTls(dir));
    await folder.revoke({ which: 'a' });
    expect([tls.length, errors.length]).toEqual([1, 0]);
  });

  it('a key and a certificate copied one after the other are taken over together', async () => {
    const { tls, errors, at } = await watched({ settleMs: 300 });
    const other = await folderWithCa();
    await other.folder.createServer({ names: ['new.example.com'], ips: [] });
    for (const name of ['server.key', 'server.crt', 'ca.crt']) {
      await writeFile(at(name), await other.read(name));
    }
    await until(() => tls.length > 0);
    expect(tls[0]?.ca).toBe(await other.read('ca.crt'));
    expect(errors).toEqual([]);
  });

  it('a command that takes its time is waited for', async () => {
    const { dir, tls, errors, at } = await watched({ settleMs: 5 });
    const other = await folderWithCa();
    await other.folder.createServer({ names: ['slow.example.com'], ips: [] });
    const witness = await watchFolder({ ...other, dir });
    await withFolderLock(dir, async () => {
      await writeFile(at('server.crt'), 'not yet');
      await writeFile(at('revoked.json'), '{}');
      await until(() => witness.errors.length === 1); // the list is not waited for
      for (const name of ['server.key', 'server.crt']) await writeFile(at(name), await other.read(name));
    });
    await until(() => tls.length > 0);
    expect(tls[0]?.names).toEqual(['slow.example.com']);
    expect(errors).toHaveLength(1);
  });

  it.each(['server.key', 'ca.crt'])(
    'what changes again while %s is read is taken over as it is then, whole, without an error',
    async (name) => {
      const { dir, tls, errors, at, read } = await watched({ settleMs: 5 });
      const [first, last] = await Promise.all(
        ['first.example.com', 'last.example.com'].map(async (host) => {
          const made = await folderWithCa();
          await made.folder.createServer({ names: [host], ips: [] });
          return { 'server.key': await made.read('server.key'), 'server.crt': await made.read('server.crt') };
        }),
      );
      const write = async (pair: typeof first): Promise<void> => {
        for (const [file, text] of Object.entries(pair ?? {})) await writeFile(at(file), text);
      };
      const { readFile } = promises;
      let isFirst = true;
      jest.spyOn(promises, 'readFile').mockImplementation((async (file: string, options: 'utf8') => {
        if (file === at(name) && isFirst) {
          isFirst = false;
          await write(last);
        }
        return await readFile(file, options);
      }) as never);
      await withFolderLock(dir, () => write(first));
      await until(() => tls.length > 0);
      expect(tls.map(({ names }) => names)).toEqual([['last.example.com']]);
      expect(tls[0]?.cert).toBe(await read('server.crt'));
      expect(errors).toEqual([]);
    },
  );

  it('a new CA file is taken over', async () => {
    const { tls, at, read } = await watched();
    const other = await folderWithCa();
    await writeFile(at('next'), (await read('ca.crt')) + (await other.read('ca.crt')));
    await rename(at('next'), at('ca.crt'));
    await until(() => tls.length > 0);
    expect(tls[0]?.ca.match(/BEGIN/g)).toHaveLength(2);
  });

  it('a revocation is told, and so are the next ones', async () => {
    const { folder, lists } = await watched();
    await folder.revoke({ which: 'a' });
    await until(() => lists.length === 1);
    await folder.revoke({ which: 'b' });
    await until(() => lists.length === 2);
    expect(lists.map((list) => list.map(({ commonName }) => commonName))).toEqual([['a'], ['a', 'b']]);
  });

  it('a bad certificate is reported once, and the next good one taken over', async () => {
    const { folder, tls, errors, at } = await watched({ pollMs: 10 });
    await writeFile(at('server.crt'), 'bad');
    await until(() => errors.length > 0);
    await utimes(at('devices', 'a.crt'), new Date(), new Date());
    await folder.revoke({ which: 'a' }); // events and polls in between
    expect([tls.length, errors.length]).toEqual([0, 1]);
    await folder.createServer({ names: ['good.example.com'], ips: [], force: true });
    await until(() => tls.length > 0);
    expect([tls[0]?.names, errors.length]).toEqual([['good.example.com'], 1]);
  });

  it('a damaged or lost list of revocations is reported and frees nobody', async () => {
    const made = await watched();
    await made.folder.revoke({ which: 'a' });
    await until(() => made.lists.length === 1);
    await writeFile(made.at('revoked.json'), '{"revoked":');
    await until(() => made.errors.length === 1);
    await rm(made.at('revoked.json'));
    await until(() => made.errors.length === 2);
    expect(made.lists).toHaveLength(1);
    await writeFile(made.at('revoked.json'), '{"revoked":[]}');
    await until(() => made.lists.length === 2);
    expect(made.lists[1]).toEqual([]);
  });

  it('what changed between reading and watching is taken over', async () => {
    const made = await watched();
    const initial = { tls: await loadServerTls(made.dir), revocations: [] };
    await made.folder.revoke({ which: 'a' });
    await made.folder.createServer({ names: ['late.example.com'], ips: [], force: true });
    const late = await watchFolder(made, { initial });
    await until(() => late.lists.length > 0 && late.tls.length > 0);
    expect(late.tls[0]?.names).toEqual(['late.example.com']);
  });

  it('a taker that fails is reported', async () => {
    const made = await watched();
    const errors: unknown[] = [];
    const refuse = (): never => {
      throw new Error('can not');
    };
    const handlers = {
      onTls: refuse,
      onRevocations: refuse,
      onError: (error: unknown) => errors.push(error),
    };
    const initial = { tls: await loadServerTls(made.dir), revocations: [] };
    watchers.push(new CertificateWatcher(made.dir, handlers, { settleMs: 10, initial }));
    await made.folder.revoke({ which: 'a' });
    await until(() => errors.length === 1);
  });

  it('it works on file systems that tell nothing', async () => {
    jest.spyOn(fs, 'watch').mockImplementation(() => {
      throw Object.assign(new Error('no more watches'), { code: 'ENOSPC' });
    });
    const { folder, lists } = await watched({ pollMs: 20 });
    await folder.revoke({ which: 'a' });
    await until(() => lists.length === 1);
  });

  it('what was revoked is in use when the list was asked to be refreshed', async () => {
    jest.spyOn(fs, 'watch').mockImplementation(() => {
      throw Object.assign(new Error('no more watches'), { code: 'ENOSPC' });
    });
    const made = await folderWithCa();
    await made.folder.createServer({ names: ['localhost'], ips: [] });
    const lists: (readonly Revocation[])[] = [];
    const nothing = (): undefined => undefined;
    const watcher = new CertificateWatcher(
      made.dir,
      { onTls: nothing, onRevocations: (list) => lists.push(list), onError: nothing },
      { initial: { tls: await loadServerTls(made.dir), revocations: [] }, pollMs: 60_000 },
    );
    watchers.push(watcher);
    for (const serial of ['aa', 'bb']) {
      await made.folder.revoke({ serial });
      await watcher.refreshRevocations();
      expect(lists.at(-1)?.at(-1)?.serial).toBe(serial);
    }
    watcher.close();
    await watcher.refreshRevocations();
  });

  it('nothing is told after closing', async () => {
    const { dir, folder, lists, tls, errors } = await watched({ pollMs: 5 });
    watchers.pop()?.close();
    const witness: (readonly Revocation[])[] = [];
    const initial = { tls: await loadServerTls(dir), revocations: [] };
    const nothing = (): undefined => undefined;
    watchers.push(
      new CertificateWatcher(
        dir,
        { onTls: nothing, onRevocations: (l) => witness.push(l), onError: nothing },
        { initial },
      ),
    );
    await folder.revoke({ which: 'a' });
    await until(() => witness.length === 1);
    expect([lists, tls, errors]).toEqual([[], [], []]);
  });
});

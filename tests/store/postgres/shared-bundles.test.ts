import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Bundle } from '../../../src/core/bundle';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { openDatabase } from '../../../src/store/postgres/database';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { openClient } from '../../../src/store/postgres/open-client';
import { bundlesOf } from '../../../src/store/postgres/read-condition';
import { createSharedBundles } from '../../../src/store/postgres/shared-bundles';
import { createSharedDigests } from '../../../src/store/postgres/shared-digests';
import { blockBytes } from '../../../src/store/s3/block-digests';
import { S3Error } from '../../../src/store/s3/s3-error';
import { stageText } from '../../support/bundle-storage-contract';
import { eventually } from '../../support/eventually';
import { bundleOf, madeAt } from '../../support/fleet-factory';
import { MemoryObjects } from '../../support/memory-objects';
import { type Postgres, startDatabase } from '../../support/postgres';
import { refusal } from '../../support/refusal';
import { openS3Storage } from '../../support/s3-storage';

type Node = Awaited<ReturnType<typeof openNode>>;

const name = 'bundles';
const never = 3_600_000;
const closing: (() => Promise<void>)[] = [];

/** A server's bundles and the rows that name them. */
async function openNode(url: string, objects: MemoryObjects) {
  const database = await openDatabase(url);
  closing.push(() => database.close());
  const connect = () => openClient(connectionOptions(url));
  const records = createCatalogRecords(database, new PostgresJournal(database), { connect, everyMs: never });
  const known = await bundlesOf(database);
  const shared = createSharedBundles(database);
  let beforeLock: () => Promise<unknown> = () => Promise.resolve();
  const { storage } = await openS3Storage({
    objects,
    known,
    sharedDigests: createSharedDigests(database),
    shared: {
      list: () => shared.list(),
      async unlessNamed(sha256, remove) {
        await beforeLock();
        return await shared.unlessNamed(sha256, remove);
      },
    },
  });
  const commit = (bundle: Bundle) => records.commit({ bundle, committed: () => undefined });
  const tombstone = (bundleName: string) =>
    records.tombstone({ name: bundleName, at: madeAt, by: 'ann', events: [], committed: () => undefined });
  const remove = (bundleName: string, sha256: string) =>
    storage.remove(sha256, { name: bundleName, isShared: false });
  return {
    storage,
    commit,
    tombstone,
    remove,
    /** What happens after a removal has looked at the bundles, and before it has the lock. */
    onceBeforeLock(work: () => Promise<unknown>) {
      beforeLock = () => {
        beforeLock = () => Promise.resolve();
        return work();
      };
    },
    /** As an upload does it, up to the row. */
    async stage(content: string, as: string) {
      const staged = await stageText(storage, content);
      const { sha256, sizeBytes } = staged;
      await staged.keep(as);
      return { ...staged, bundle: { ...bundleOf('board'), name: as, sha256, sizeBytes } };
    },
    async publish(content: string, as: string) {
      const staged = await this.stage(content, as);
      await commit(staged.bundle);
      await staged.discard();
      return staged.sha256;
    },
    async delete(as: string, sha256: string) {
      await tombstone(as);
      await remove(as, sha256);
    },
    async read(sha256: string) {
      const bytes = await storage.open(sha256);
      const content = await buffer(bytes.createReadStream(0, bytes.sizeBytes - 1));
      await bytes.close();
      return content.toString();
    },
  };
}

/** Two servers with one database and one object store. Neither tells the other what it does. */
describe('bundles in an object store that two servers share', () => {
  let postgres: Postgres;
  let url: string;
  let objects: MemoryObjects;
  let a: Node;
  let b: Node;

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
  });
  beforeEach(async () => {
    await postgres.empty(name);
    objects = new MemoryObjects();
    a = await openNode(url, objects);
    b = await openNode(url, objects);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  it('are served by the other server as soon as one has stored them', async () => {
    const sha256 = await a.publish('one', 'one.raucb');
    expect(await b.read(sha256)).toBe('one');
    await expect(b.storage.open('0'.repeat(64))).rejects.toEqual(refusal('not-found'));
  });

  it('are served by the other server while most of them are still on their way to it', async () => {
    const content = randomBytes(20 * blockBytes);
    const staged = await a.storage.stage(Readable.from([content]), { limitBytes: content.length });
    const { sha256, sizeBytes } = staged;
    await staged.keep('large.raucb');
    await a.commit({ ...bundleOf('board'), name: 'large.raucb', sha256, sizeBytes });
    await staged.discard();
    const release = objects.holdLongReads(blockBytes);
    const bytes = await b.storage.open(sha256);
    const at = 18 * blockBytes - 10;
    expect((await bytes.read(at, 20)).equals(content.subarray(at, at + 20))).toBe(true);
    await bytes.close();
    release();
  });

  it('leave no digests a day after they are gone', async () => {
    const [gone, kept] = [await a.publish('gone', 'gone.raucb'), await a.publish('kept', 'kept.raucb')];
    await a.delete('gone.raucb', gone);
    const digests = async () =>
      (await postgres.run('SELECT sha256 FROM bundle_digests', name)) as { sha256: string }[];
    expect((await digests()).map(({ sha256 }) => sha256).sort()).toEqual([gone, kept].sort());
    await postgres.run("UPDATE bundle_digests SET saved_at = now() - interval '25 hours'", name);
    const next = await b.publish('next', 'next.raucb');
    expect((await digests()).map(({ sha256 }) => sha256).sort()).toEqual([kept, next].sort());
  });

  it('are removed by the one that deletes them, whoever stored them', async () => {
    const sha256 = await a.publish('one', 'one.raucb');
    await b.delete('one.raucb', sha256);
    expect([...objects.stored.keys()]).toEqual([]);
  });

  it.each(['before', 'while'])(
    'are not removed if the other one stores them again %s they are',
    async (when) => {
      const sha256 = await a.publish('same', 'one.raucb');
      await a.tombstone('one.raucb');
      const storeAgain = () => b.publish('same', 'two.raucb');
      if (when === 'before') await storeAgain();
      else a.onceBeforeLock(storeAgain);
      await a.remove('one.raucb', sha256);
      await a.storage.tidy([sha256], new Date());
      expect([...objects.stored.keys()]).toEqual([sha256]);
      expect(await a.read(sha256)).toBe('same');
    },
  );

  it('are there again when they are stored while the other one removes them', async () => {
    const sha256 = await a.publish('same', 'one.raucb');
    await a.tombstone('one.raucb');
    const order: string[] = [];
    const { begun, end } = holdRemoval(() => order.push('removed'));
    const removal = a.remove('one.raucb', sha256);
    await begun();
    const staged = await b.stage('same', 'two.raucb'); // the object is still there
    const committed = b.commit(staged.bundle).then(() => order.push('committed'));
    await eventually(async () => (await waitingForLocks()) > 0);
    end();
    await Promise.all([removal, committed]);
    expect(order).toEqual(['removed', 'committed']);
    await staged.discard();
    expect([...objects.stored.keys()]).toEqual([sha256]);
  });

  it('hold up no other change of any server while the store is slow to remove them', async () => {
    const sha256 = await a.publish('same', 'one.raucb');
    await a.tombstone('one.raucb');
    const { begun, end } = holdRemoval();
    const removal = a.remove('one.raucb', sha256);
    await begun();
    const staged = await b.stage('same', 'two.raucb');
    const committed = b.commit(staged.bundle);
    await eventually(async () => (await waitingForLocks()) > 0);
    for (const [index, node] of [a, b].entries())
      await node.commit({ ...bundleOf('board'), name: `other-${index}.raucb` });
    end();
    await Promise.all([removal, committed]);
    await staged.discard();
    expect(await a.read(sha256)).toBe('same');
  });

  it('are stored again after a removal whose answer the other one never got', async () => {
    const sha256 = await a.publish('same', 'one.raucb');
    await a.tombstone('one.raucb');
    jest.spyOn(objects, 'remove').mockRejectedValueOnce(new S3Error(0, 'ETIMEDOUT'));
    await expect(a.remove('one.raucb', sha256)).rejects.toEqual(refusal('unavailable'));
    await b.publish('same', 'two.raucb');
    objects.stored.delete(sha256); // now it happens
    await b.storage.check();
    expect([...objects.stored.keys()]).toEqual([sha256]);
  });

  it('are tidied away when the other one could not remove them', async () => {
    const sha256 = await a.publish('one', 'one.raucb');
    await b.tombstone('one.raucb');
    expect(await a.storage.tidy([sha256], new Date())).toBe(1);
    expect([...objects.stored.keys()]).toEqual([]);
  });

  it('stay known while their row is being written', async () => {
    const staged = await b.stage('new', 'new.raucb');
    await b.storage.tidy([staged.sha256], new Date()); // an earlier bundle with these bytes was deleted
    await b.commit(staged.bundle);
    expect([...objects.stored.keys()]).toEqual([staged.sha256]);
  });

  /** The store takes its time over the next removal. */
  function holdRemoval(removed: () => unknown = () => undefined) {
    let end: () => void = () => undefined;
    const remove = objects.remove.bind(objects);
    const removing = jest.spyOn(objects, 'remove').mockImplementationOnce(async (hash) => {
      await new Promise<void>((resolve) => (end = resolve));
      await remove(hash);
      removed();
    });
    return { begun: () => eventually(() => removing.mock.calls.length > 0), end: () => end() };
  }

  async function waitingForLocks(): Promise<number> {
    return (await postgres.run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length;
  }
});

import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { blockBytes } from '../../../../src/store/s3/block-digests';
import {
  describeBundleStorage,
  keepText,
  sha256Of,
  stageText,
} from '../../../support/bundle-storage-contract';
import { S3Error } from '../../../../src/store/s3/s3-error';
import { eventually } from '../../../support/eventually';
import { MemoryObjects } from '../../../support/memory-objects';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';
import { type OpenedStorage, openS3Storage, type S3StorageOptions } from '../../../support/s3-storage';

const objects = () => new MemoryObjects();

describe('bundles in an object store are a bundle storage that', () => {
  describeBundleStorage(async () => (await openS3Storage({ objects: objects() })).storage);
});

/** A bundle that an earlier server stored, and a storage that has nothing of it but its digests. */
async function stored(blocks: number, options: Partial<S3StorageOptions> = {}) {
  const memory = new MemoryObjects();
  const folder = await temporaryFolder();
  const content = randomBytes(Math.floor(blocks * blockBytes));
  const before = await openS3Storage({ objects: memory, folder, cacheFolder: path.join(folder, 'earlier') });
  const staged = await before.storage.stage(Readable.from([content]), { limitBytes: 1 << 30 });
  await staged.keep('a.raucb');
  const { sha256, sizeBytes } = staged;
  const known = [{ name: 'a.raucb', sha256, sizeBytes }];
  const opened = await openS3Storage({ objects: memory, folder, known, ...options });
  return { ...opened, objects: memory, content, sha256, sizeBytes, known };
}

const cached = ({ folder }: OpenedStorage) => readdir(path.join(folder, 'cache'));
/** With one changed bit. */
function flipped(bytes: Buffer, position: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(position) ^ 1, position);
  return changed;
}
const fetchedBytes = ({ reads }: MemoryObjects) => reads.reduce((sum, { length }) => sum + length, 0);

describe('a bundle that is not in the cache', () => {
  it('is served at once, first what is asked for, while the rest of it is held back', async () => {
    const opened = await stored(20);
    const { storage, objects: store, content, sha256 } = opened;
    const release = store.holdLongReads(blockBytes);
    const bytes = await storage.open(sha256);
    for (const at of [5, 18 * blockBytes - 10])
      expect((await bytes.read(at, 20)).equals(content.subarray(at, at + 20))).toBe(true);
    expect(store.reads[0]).toEqual({ sha256, position: 0, length: blockBytes });
    await eventually(() => store.reads.some(({ length }) => length > blockBytes));
    await bytes.close();
    release();
    await eventually(async () => (await cached(opened)).includes(sha256));
    expect(fetchedBytes(store)).toBe(content.length);
  });

  it('is fetched once for all who read it, to its end', async () => {
    const opened = await stored(9.5);
    const { storage, objects: store, content, sha256, sizeBytes } = opened;
    const readers = await Promise.all(Array.from({ length: 8 }, () => storage.open(sha256)));
    const pieces = await Promise.all(
      readers.map((bytes, index) => buffer(bytes.createReadStream(index * blockBytes, sizeBytes - 1))),
    );
    for (const [index, piece] of pieces.entries())
      expect(piece.equals(content.subarray(index * blockBytes))).toBe(true);
    for (const bytes of readers) await bytes.close();
    await eventually(async () => (await cached(opened)).includes(sha256));
    expect(fetchedBytes(store)).toBe(sizeBytes);
    store.isAway = true;
    const file = await storage.openFile(sha256);
    expect((await file.read(0, sizeBytes)).equals(content)).toBe(true);
    await file.close();
  });

  it('is fetched after another restart, whatever part of it was there', async () => {
    const opened = await stored(3);
    const { storage, objects: store, content, sha256, sizeBytes, folder, known } = opened;
    await storage.close();
    store.isAway = false;
    await writeFile(path.join(folder, 'cache', `${sha256}.part`), Buffer.alloc(sizeBytes));
    await writeFile(path.join(folder, 'cache', sha256), Buffer.alloc(sizeBytes - 1));
    const again = await openS3Storage({ objects: store, folder, known });
    expect(await cached(again)).toEqual([sha256]);
    const bytes = await again.storage.open(sha256);
    expect((await bytes.read(0, sizeBytes)).equals(content)).toBe(true);
    await bytes.close();
  });

  it('is waited for where nothing tells which of its bytes are right, and only so long', async () => {
    const { objects: store, content, sha256, known } = await stored(2);
    let open: () => void = () => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const { storage } = await openS3Storage({ objects: store, known, coldWaitMs: 20 });
    await expect(storage.open(sha256)).rejects.toMatchObject({
      code: 'unavailable',
      reason: { code: 'bundle-still-arriving' },
    });
    open();
    const file = await storage.openFile(sha256);
    expect((await file.read(0, content.length)).equals(content)).toBe(true);
    await file.close();
  });
});

describe('the digests of blocks', () => {
  const away = () => Promise.reject(new Error('the database is away'));

  it('are those of this machine while the database is away', async () => {
    const opened = await stored(2, { sharedDigests: { find: away, save: away } });
    const bytes = await opened.storage.open(opened.sha256);
    expect((await bytes.read(5, 5)).equals(opened.content.subarray(5, 10))).toBe(true);
    await bytes.close();
    expect(await keepText(opened.storage, 'new', 'b.raucb')).toBe(sha256Of('new'));
  });

  it('are made again if the file that has them is damaged', async () => {
    const { storage, content, sha256, folder } = await stored(2);
    const file = path.join(folder, 'digests', sha256);
    await writeFile(file, flipped(await readFile(file), 5));
    const bytes = await storage.open(sha256);
    expect((await bytes.read(5, 5)).equals(content.subarray(5, 10))).toBe(true);
    await bytes.close();
  });

  it('are not those of the database if they cannot belong to the bundle', async () => {
    const { objects: store, content, sha256, known } = await stored(2);
    const find = () => Promise.resolve(Buffer.alloc(32));
    const { storage } = await openS3Storage({ objects: store, known, sharedDigests: { find, save: away } });
    const bytes = await storage.open(sha256);
    expect((await bytes.read(5, 5)).equals(content.subarray(5, 10))).toBe(true);
    await bytes.close();
  });
});

describe('wrong bytes in the object store', () => {
  it('are fetched once more, because the network may have changed them', async () => {
    const { storage, objects: store, content, sha256, wrong } = await stored(1);
    const read = store.read.bind(store);
    jest.spyOn(store, 'read').mockImplementationOnce(async (...args) => flipped(await read(...args), 5));
    const bytes = await storage.open(sha256);
    expect((await bytes.read(0, 10)).equals(content.subarray(0, 10))).toBe(true);
    await bytes.close();
    expect(wrong).toEqual([]);
  });

  it('are not served, and those of other blocks are', async () => {
    const { storage, objects: store, content, sha256, wrong } = await stored(3);
    store.spoil(sha256, blockBytes + 5);
    const bytes = await storage.open(sha256);
    expect((await bytes.read(0, blockBytes)).equals(content.subarray(0, blockBytes))).toBe(true);
    await expect(bytes.read(blockBytes - 1, 3)).rejects.toEqual(refusal('not-found'));
    await expect(buffer(bytes.createReadStream(0, 2 * blockBytes))).rejects.toEqual(refusal('not-found'));
    await expect(storage.openFile(sha256)).rejects.toEqual(refusal('not-found'));
    await bytes.close();
    expect(wrong).toEqual([sha256]);
  });

  it('are noticed without digests, too', async () => {
    const { objects: store, sha256, known } = await stored(2);
    store.spoil(sha256, 5);
    const { storage, wrong, cache } = await openS3Storage({ objects: store, known });
    await expect(storage.open(sha256)).rejects.toEqual(refusal('not-found'));
    expect(wrong).toEqual([sha256]);
    expect(cache.usedBytes).toBe(0);
  });

  it('are replaced by the next upload of the bundle', async () => {
    const memory = objects();
    const { storage, cache } = await openS3Storage({ objects: memory });
    const sha256 = await keepText(storage, 'right', 'a.raucb');
    await cache.forget(sha256);
    memory.spoil(sha256, 0);
    await expect(storage.openFile(sha256)).rejects.toEqual(refusal('not-found'));
    expect(await storage.stat(sha256)).toBeUndefined();
    await keepText(storage, 'right', 'a.raucb');
    expect(memory.stored.get(sha256)?.toString()).toBe('right');
    expect(await storage.stat(sha256)).toEqual({ sha256, sizeBytes: 5 });
  });
});

describe('wrong bytes that one of two servers has found', () => {
  const one = 'a.raucb';

  /** A server that was given wrong bytes, and one that has not asked for them. */
  async function twoServers() {
    const memory = objects();
    const finder = await openS3Storage({ objects: memory });
    const sha256 = await keepText(finder.storage, 'right', one);
    const known = [{ name: one, sha256, sizeBytes: 5 }];
    const other = await openS3Storage({ objects: memory, known });
    await finder.cache.forget(sha256);
    memory.spoil(sha256, 0);
    await expect(finder.storage.openFile(sha256)).rejects.toEqual(refusal('not-found'));
    return { memory, finder, other, sha256 };
  }
  const isWrong = expect.objectContaining({
    reason: { code: 'bundle-store-wrong', parameters: { names: [one] } },
  }) as Error;

  it('need attention on the other one, too, until any server has replaced them', async () => {
    const { memory, finder, other, sha256 } = await twoServers();
    await expect(finder.storage.check()).rejects.toEqual(isWrong);
    await expect(other.storage.check()).rejects.toEqual(isWrong);
    expect([finder.wrong, other.wrong]).toEqual([[sha256], [sha256]]);
    await keepText(other.storage, 'right', one);
    expect(memory.stored.get(sha256)?.toString()).toBe('right');
    await other.storage.check();
    await finder.storage.check();
    expect(await finder.storage.stat(sha256)).toEqual({ sha256, sizeBytes: 5 });
    expect(memory.marked.size).toBe(0);
  });

  it('are replaced by the other one although it has not heard of them', async () => {
    const { memory, finder, other, sha256 } = await twoServers();
    await finder.storage.check().catch(() => undefined);
    await keepText(other.storage, 'right', one);
    expect(memory.stored.get(sha256)?.toString()).toBe('right');
    expect(other.wrong).toEqual([]);
  });

  it('are told of once the store answers again, and replaced after a restart', async () => {
    const { memory, finder, sha256 } = await twoServers();
    memory.isAway = true;
    await finder.storage.check().catch(() => undefined);
    expect(memory.marked.size).toBe(0);
    memory.isAway = false;
    await finder.storage.check().catch(() => undefined);
    const known = [{ name: one, sha256, sizeBytes: 5 }];
    const { storage } = await openS3Storage({ objects: memory, known });
    await keepText(storage, 'right', one);
    expect(memory.stored.get(sha256)?.toString()).toBe('right');
  });

  it('are not told of if they are replaced meanwhile', async () => {
    const { memory, finder } = await twoServers();
    const mark = memory.mark.bind(memory);
    jest.spyOn(memory, 'mark').mockImplementationOnce(async (hash) => {
      await keepText(finder.storage, 'right', one);
      await mark(hash);
    });
    await finder.storage.check();
    expect(memory.marked.size).toBe(0);
  });

  it('are not heard of from a list that is older than their replacement', async () => {
    const { memory, finder, sha256 } = await twoServers();
    await finder.storage.check().catch(() => undefined);
    const list = memory.listMarked.bind(memory);
    jest.spyOn(memory, 'listMarked').mockImplementationOnce(async () => {
      const older = await list();
      await keepText(finder.storage, 'right', one);
      return older;
    });
    await finder.storage.check();
    expect(await finder.storage.stat(sha256)).toEqual({ sha256, sizeBytes: 5 });
  });
});

describe('while the object store is away', () => {
  it('bundles in the cache are served, and what was there of others', async () => {
    const memory = objects();
    const { storage, cache } = await openS3Storage({ objects: memory });
    const [here, gone] = [
      await keepText(storage, 'here', 'here.raucb'),
      await keepText(storage, 'gone', 'gone.raucb'),
    ];
    await cache.forget(gone);
    memory.isAway = true;
    const bytes = await storage.open(here);
    expect((await bytes.read(0, 4)).toString()).toBe('here');
    await bytes.close();
    const away = { code: 'unavailable', reason: { code: 'bundle-store-away' } };
    const other = await storage.open(gone);
    await expect(other.read(0, 4)).rejects.toMatchObject(away);
    await expect(storage.stat(gone)).rejects.toMatchObject(away);
    await expect(storage.list()).rejects.toMatchObject(away);
    memory.isAway = false;
    expect((await other.read(0, 4)).toString()).toBe('gone');
    await other.close();
  });

  it('nothing is kept, and the upload leaves nothing behind', async () => {
    const memory = objects();
    const opened = await openS3Storage({ objects: memory });
    memory.isAway = true;
    await expect(keepText(opened.storage, 'bytes', 'a.raucb')).rejects.toEqual(refusal('unavailable'));
    await expect(opened.storage.open(sha256Of('bytes'))).rejects.toEqual(refusal('not-found'));
    expect(await cached(opened)).toEqual([]);
  });
});

describe('the object store', () => {
  it('keeps one object of two uploads of the same bytes at once', async () => {
    const memory = objects();
    const { storage } = await openS3Storage({ objects: memory });
    const hashes = await Promise.all(['a.raucb', 'b.raucb'].map((name) => keepText(storage, 'same', name)));
    expect(await storage.list()).toEqual([{ sha256: hashes[0], sizeBytes: 4 }]);
    await storage.remove(sha256Of('same'), { name: 'a.raucb', isShared: true });
    const bytes = await storage.open(sha256Of('same'));
    expect((await bytes.read(0, 4)).toString()).toBe('same');
    await bytes.close();
  });

  it('keeps the bytes that an upload has sent, while the same bytes are deleted under another name', async () => {
    const memory = objects();
    const { storage } = await openS3Storage({ objects: memory });
    const sha256 = await keepText(storage, 'same', 'a.raucb');
    const staged = await stageText(storage, 'same');
    await staged.send?.();
    await storage.remove(sha256, { name: 'a.raucb', isShared: false });
    expect(await storage.tidy([sha256], new Date())).toBe(0);
    await staged.keep('b.raucb');
    await staged.discard();
    expect(await storage.list()).toEqual([{ sha256, sizeBytes: 4 }]);
  });

  it('loses what is left of deleted bundles, and nothing else', async () => {
    const memory = objects();
    const { storage } = await openS3Storage({ objects: memory });
    const kept = await keepText(storage, 'kept', 'a.raucb');
    const [deleted, unknown] = [memory.add(Buffer.from('deleted')), memory.add(Buffer.from('unknown'))];
    expect(await storage.tidy([deleted, kept], new Date())).toBe(1);
    expect([...memory.stored.keys()].sort()).toEqual([kept, unknown].sort());
  });

  it('loses what is left of uploads in parts that no one continues', async () => {
    const memory = objects();
    const { storage } = await openS3Storage({ objects: memory });
    const abort = jest.spyOn(memory, 'abortUploads').mockResolvedValueOnce(2);
    const before = new Date('2026-11-01T12:00:00Z');
    expect(await storage.tidy([], before)).toBe(2);
    expect(abort).toHaveBeenCalledWith(before);
  });
});

describe('an upload that is refused after it was sent', () => {
  const refused = async ({ storage }: Pick<OpenedStorage, 'storage'>, content: string) => {
    const staged = await stageText(storage, content);
    await staged.send?.();
    return staged;
  };

  it('leaves no object, unless another upload relies on it', async () => {
    const memory = objects();
    const opened = await openS3Storage({ objects: memory });
    const [one, two] = [await refused(opened, 'same'), await refused(opened, 'same')];
    await one.discard();
    expect([...memory.stored.keys()]).toEqual([one.sha256]);
    await two.discard();
    expect([...memory.stored.keys()]).toEqual([]);
    expect(await readdir(path.join(opened.folder, 'digests'))).toEqual([]);
  });

  it('leaves the object of a bundle, and one that another server stored', async () => {
    const memory = objects();
    const opened = await openS3Storage({ objects: memory });
    const kept = await keepText(opened.storage, 'kept', 'a.raucb');
    const others = memory.add(Buffer.from('others'));
    for (const content of ['kept', 'others']) await (await refused(opened, content)).discard();
    expect([...memory.stored.keys()].sort()).toEqual([kept, others].sort());
  });

  it('loses its object later if the store is away, or has it although it seemed not to take it', async () => {
    const memory = objects();
    const { storage } = await openS3Storage({ objects: memory });
    const sent = await refused({ storage }, 'sent');
    memory.isAway = true;
    await sent.discard();
    memory.isAway = false;
    const put = jest.spyOn(memory, 'put').mockImplementationOnce(async (...args) => {
      put.mockRestore();
      await memory.put(...args);
      throw new S3Error(0, 'ETIMEDOUT');
    });
    const unsure = await stageText(storage, 'lost answer');
    await expect(unsure.keep('b.raucb')).rejects.toEqual(refusal('unavailable'));
    await unsure.discard();
    expect(memory.stored.size).toBe(2);
    expect(await storage.tidy([], new Date())).toBe(2);
    expect(memory.stored.size).toBe(0);
  });
});

describe('the removal of an object', () => {
  it('does not take it from an upload under another name that is stored meanwhile', async () => {
    const memory = objects();
    const { storage, cache } = await openS3Storage({ objects: memory });
    const sha256 = await keepText(storage, 'same', 'a.raucb');
    const forget = jest.spyOn(cache, 'forget').mockImplementationOnce(async () => {
      await keepText(storage, 'same', 'b.raucb');
    });
    await storage.remove(sha256, { name: 'a.raucb', isShared: false });
    expect(forget).toHaveBeenCalled();
    expect([...memory.stored.keys()]).toEqual([sha256]);
  });

  it.each(['from the cache', 'by the next upload'])(
    'that happens after its answer was given up is undone %s',
    async (how) => {
      const memory = objects();
      let nowMs = 0;
      const { storage, cache, wrong } = await openS3Storage({ objects: memory, monotonicMs: () => nowMs });
      const sha256 = await keepText(storage, 'same', 'a.raucb');
      jest.spyOn(memory, 'remove').mockRejectedValueOnce(new S3Error(0, 'ETIMEDOUT'));
      const removal = storage.remove(sha256, { name: 'a.raucb', isShared: false });
      await expect(removal).rejects.toEqual(refusal('unavailable'));
      await storage.check(); // nobody has these bytes, so nothing is sent
      await keepText(storage, 'same', 'b.raucb');
      memory.stored.delete(sha256);
      if (how === 'from the cache') await storage.check();
      else {
        await cache.forget(sha256);
        await expect(storage.check()).rejects.toMatchObject({ reason: { code: 'bundle-store-wrong' } });
        expect(wrong).toEqual([sha256]);
        await keepText(storage, 'same', 'b.raucb');
      }
      expect([...memory.stored.keys()]).toEqual([sha256]);
      await storage.check();
      nowMs = 16 * 60_000;
      memory.stored.delete(sha256);
      await storage.check(); // no removal is on its way any more
      expect(memory.stored.size).toBe(0);
    },
  );
});

describe('the cache', () => {
  const text = (letter: string) => letter.repeat(10);

  it('makes room on a disk that has less than it should leave free, and bundles are served from the store', async () => {
    let reserve = 0;
    const opened = await openS3Storage({ objects: objects(), reserveBytes: () => reserve });
    const { storage } = opened;
    const a = await keepText(storage, text('a'), 'a.raucb');
    expect(await cached(opened)).toEqual([a]);
    reserve = Number.MAX_SAFE_INTEGER;
    const b = await keepText(storage, text('b'), 'b.raucb');
    expect(await cached(opened)).toEqual([]);
    for (const [sha256, letter] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      const bytes = await storage.open(sha256);
      expect((await bytes.read(0, 10)).toString()).toBe(text(letter));
      await bytes.close();
    }
  });

  it('removes what was used longest ago, also before a restart, and never what is open', async () => {
    const memory = objects();
    const opened = await openS3Storage({ objects: memory, limitBytes: 30 });
    const { storage, folder } = opened;
    const [a, b, c] = [
      await keepText(storage, text('a'), 'a.raucb'),
      await keepText(storage, text('b'), 'b.raucb'),
      await keepText(storage, text('c'), 'c.raucb'),
    ];
    const bytes = await storage.open(a);
    await (await storage.open(b)).close();
    const d = await keepText(storage, text('d'), 'd.raucb');
    expect((await cached(opened)).sort()).toEqual([a, b, d].sort());
    memory.isAway = true;
    expect((await bytes.read(0, 10)).toString()).toBe(text('a'));
    await bytes.close();
    await storage.close();
    memory.isAway = false;
    const known = [{ name: 'c.raucb', sha256: c, sizeBytes: 10 }];
    const again = await openS3Storage({ objects: memory, limitBytes: 10, folder, known });
    expect(await cached(again)).toHaveLength(1);
    await (await again.storage.openFile(c)).close();
    expect(await cached(again)).toEqual([c]);
  });

  it('is passed by where a bundle is larger than all of it', async () => {
    const opened = await stored(4, { limitBytes: blockBytes });
    const { storage, content, sha256, objects: store } = opened;
    const bytes = await storage.open(sha256);
    for (let at = 0; at < content.length; at += 1 << 18)
      expect((await bytes.read(at, 1 << 18)).equals(content.subarray(at, at + (1 << 18)))).toBe(true);
    await bytes.close();
    expect(fetchedBytes(store)).toBe(content.length);
    expect(await cached(opened)).toEqual([]);
    await expect(storage.openFile(sha256)).rejects.toMatchObject({
      code: 'storage-full',
      reason: { code: 'bundle-cache-small' },
    });
  });

  it('loses nothing for a bundle that does not fit, neither when it is stored nor when it is read', async () => {
    const memory = objects();
    const opened = await openS3Storage({ objects: memory, limitBytes: 30 });
    const { storage, cache } = opened;
    const small = await keepText(storage, text('a'), 'a.raucb');
    const large = await keepText(storage, 'large'.repeat(10), 'large.raucb');
    for (let round = 0; round < 2; round += 1) {
      const bytes = await storage.open(large);
      expect((await bytes.read(45, 5)).toString()).toBe('large');
      await (await storage.open(small)).close();
      await bytes.close();
    }
    expect(await cached(opened)).toEqual([small]);
    expect(cache.usedBytes).toBe(10);
  });

  it('loses nothing for a bundle whose room others hold open', async () => {
    const opened = await openS3Storage({ objects: objects(), limitBytes: 30 });
    const { storage } = opened;
    const closed = await keepText(storage, text('a'), 'a.raucb');
    const busy = await keepText(storage, text('b'), 'b.raucb');
    const bytes = await storage.open(busy);
    const next = await keepText(storage, 'c'.repeat(25), 'c.raucb');
    await (await storage.open(next)).close();
    expect((await cached(opened)).sort()).toEqual([closed, busy].sort());
    await bytes.close();
    await (await storage.openFile(next)).close();
    expect(await cached(opened)).toEqual([next]);
  });
});

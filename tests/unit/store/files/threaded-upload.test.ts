import { createHook } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { BundleFolder } from '../../../../src/store/files/bundle-folder';
import { describeBundleStorage, keepText, stageText } from '../../../support/bundle-storage-contract';
import { eventually } from '../../../support/eventually';
import { ObeyingUploads } from '../../../support/obeying-uploads';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

let folder: string;
let disk: ObeyingUploads;
let opened: BundleFolder[];
beforeEach(async () => {
  opened = [];
  folder = path.join(await temporaryFolder(), 'bundles');
  await mkdir(folder);
  disk = new ObeyingUploads(folder);
});

afterEach(() => Promise.all(opened.map((storage) => storage.close())));

const open = (idleMs?: number) => {
  const storage = new BundleFolder({
    folder,
    newName: randomUUID,
    known: [],
    uploadThreads: disk.threads(idleMs),
  });
  opened.push(storage);
  return Promise.resolve(storage);
};
const names = async () => (await readdir(folder)).filter((name) => name !== '.incoming').sort();
const incoming = () => readdir(path.join(folder, '.incoming')).catch(() => []);
const limits = { limitBytes: 1 << 30 };

/** Requests to the file system that went through Node's pool while something was done. */
async function poolRequests(work: () => Promise<void>): Promise<string[]> {
  const requests: string[] = [];
  const hook = createHook({
    init: (_id, type) => {
      if (type.startsWith('FSREQ') || type.startsWith('FILEHANDLE')) requests.push(type);
    },
  });
  hook.enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return requests;
}

describe('a bundle folder whose uploads have threads is a bundle storage that', () => {
  describeBundleStorage(() => open());
});

describe('an upload with a thread', () => {
  it('asks nothing of the pool that devices read through', async () => {
    const storage = await open();
    const big = Buffer.alloc(5 << 20, 'x');
    const requests = await poolRequests(async () => {
      const staged = await storage.stage(Readable.from([big, big]), limits);
      const file = await staged.open(); // a thread reads by its descriptor
      await file.close();
      await staged.keep('a.raucb');
      const refused = await storage.stage(Readable.from([big]), limits);
      await refused.discard();
      await expect(storage.stage(Readable.from([big]), { limitBytes: 1 << 20 })).rejects.toEqual(
        refusal('too-large'),
      );
    });
    expect(requests).toEqual([]);
    expect((await readFile(path.join(folder, 'a.raucb'))).equals(Buffer.concat([big, big]))).toBe(true);
    expect(await incoming()).toEqual([]);
  });

  it('writes pieces of any size in their order', async () => {
    const sizes = [1, 524_287, 1, 524_288, 700_001, 3, 2_000_000];
    const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    const staged = await (await open()).stage(Readable.from(pieces), limits);
    await staged.keep('a.raucb');
    const whole = Buffer.concat(pieces);
    expect((await readFile(path.join(folder, 'a.raucb'))).equals(whole)).toBe(true);
    expect(staged).toMatchObject({ sizeBytes: whole.length });
  });

  it('has its hash before its bytes are on disk, and is kept only after', async () => {
    const storage = await open();
    const source = new PassThrough();
    const staging = storage.stage(source, limits);
    source.write('by');
    await eventually(async () => (await incoming()).length === 1);
    source.write(Buffer.alloc(1 << 19)); // more than one piece: what comes first is written when all is held
    disk.tell('hold-sync');
    source.end('tes');
    const staged = await staging;
    let isKept = false;
    const kept = staged.keep('a.raucb').then(() => {
      isKept = true;
    });
    const file = await staged.open();
    expect((await file.read(0, 2)).toString()).toBe('by');
    await file.close();
    expect([isKept, await names()]).toEqual([false, []]);
    disk.tell('go');
    await kept;
    expect(await names()).toEqual(['a.raucb']);
  });

  it('is refused when the disk is full, and leaves nothing behind', async () => {
    const storage = await open();
    disk.tell('full');
    await expect(stageText(storage, 'bytes')).rejects.toEqual(refusal('storage-full'));
    expect([await names(), await incoming()]).toEqual([[], []]);
    disk.tell('go');
    await keepText(storage, 'bytes', 'a.raucb');
  });

  it('is not kept when its bytes do not get to the disk', async () => {
    const storage = await open();
    disk.tell('fail');
    const staged = await stageText(storage, 'bytes');
    await expect(staged.keep('a.raucb')).rejects.toEqual(refusal('unavailable'));
    await staged.discard();
    expect([await names(), await incoming()]).toEqual([[], []]);
  });

  it('fails alone when its thread ends, and the next one gets another', async () => {
    const storage = await open();
    const other = await stageText(storage, 'other');
    disk.tell('exit');
    await expect(stageText(storage, 'bytes')).rejects.toEqual(refusal('unavailable'));
    expect(await incoming()).toHaveLength(1);
    disk.tell('go');
    await other.keep('other.raucb');
    await keepText(storage, 'bytes', 'a.raucb');
    expect([await names(), await incoming()]).toEqual([['a.raucb', 'other.raucb'], []]);
  });

  it('fails alone when the thread ends that computes its weak hashes', async () => {
    const storage = await open();
    const other = await stageText(storage, 'other');
    disk.tell('exit-hashing');
    await expect(stageText(storage, 'bytes')).rejects.toEqual(refusal('unavailable'));
    expect(await incoming()).toHaveLength(1);
    disk.tell('go');
    await other.keep('other.raucb');
    await keepText(storage, 'bytes', 'a.raucb');
    expect([await names(), await incoming()]).toEqual([['a.raucb', 'other.raucb'], []]);
  });

  it('has the weak hashes of all its bytes', async () => {
    const whole = Buffer.alloc(1_200_000, 'weak');
    const staged = await (await open()).stage(Readable.from([whole]), limits);
    const hash = (name: string) => createHash(name).update(whole).digest('hex');
    expect(staged).toMatchObject({
      sha256: hash('sha256'),
      weakHashes: { sha1: hash('sha1'), md5: hash('md5') },
    });
    await staged.discard();
  });

  it.each(['unreadable', 'unread'] as const)(
    'fails alone when a message cannot be read, and the next one gets another thread: %s',
    async (order) => {
      const storage = await open();
      const other = await stageText(storage, 'other');
      disk.tell(order);
      await expect(stageText(storage, 'bytes')).rejects.toEqual(refusal('unavailable'));
      disk.tell('go');
      expect(await incoming()).toHaveLength(1);
      await other.keep('other.raucb');
      await keepText(storage, 'bytes', 'a.raucb');
      expect([await names(), await incoming()]).toEqual([['a.raucb', 'other.raucb'], []]);
      const [, ofFailed, ofNext] = disk.used();
      expect(ofNext).not.toBe(ofFailed);
    },
  );

  it.each(['exit-synced', 'exit-linked'] as const)(
    'has no name when its thread ended early: %s',
    async (order) => {
      const storage = await open();
      disk.tell(order);
      const staged = await stageText(storage, 'bytes');
      await expect(staged.keep('a.raucb')).rejects.toEqual(refusal('unavailable'));
      await staged.discard();
      expect([await names(), await incoming()]).toEqual([[], []]);
      disk.tell('go');
      await keepText(storage, 'bytes', 'a.raucb');
    },
  );

  it('is not read further than a few mebibytes while the disk hangs', async () => {
    const storage = await open();
    disk.tell('hold');
    let read = 0;
    const pieceSizeBytes = 1 << 16;
    const content = new Readable({
      highWaterMark: pieceSizeBytes,
      read() {
        read += pieceSizeBytes;
        this.push(read > 16 << 20 ? null : Buffer.alloc(pieceSizeBytes));
      },
    });
    const staging = storage.stage(content, limits);
    await eventually(() => read > 2 << 20);
    for (let turn = 0; turn < 1_000; turn += 1) await new Promise(setImmediate);
    expect(read).toBeLessThan(3 << 20);
    disk.tell('go');
    const staged = await staging;
    expect(staged.sizeBytes).toBe(16 << 20);
    await staged.discard();
  });
});

describe('the thread of an upload', () => {
  it('takes the next upload when the one before is over, whatever became of that', async () => {
    const storage = await open();
    await keepText(storage, 'one', 'a.raucb');
    await (await stageText(storage, 'two')).discard();
    await expect(storage.stage(Readable.from([Buffer.alloc(9)]), { limitBytes: 8 })).rejects.toEqual(
      refusal('too-large'),
    );
    disk.tell('full');
    await expect(stageText(storage, 'four')).rejects.toEqual(refusal('storage-full'));
    disk.tell('fail');
    const unsynced = await stageText(storage, 'five');
    await expect(unsynced.keep('b.raucb')).rejects.toEqual(refusal('unavailable'));
    await unsynced.discard();
    disk.tell('go');
    await keepText(storage, 'six', 'c.raucb');
    expect(disk.used()).toHaveLength(6);
    expect(new Set(disk.used()).size).toBeLessThanOrEqual(2); // an upload has two: one writes, one computes
    expect([await names(), await incoming()]).toEqual([['a.raucb', 'c.raucb'], []]);
    expect(await readFile(path.join(folder, 'c.raucb'), 'utf8')).toBe('six');
  });

  it('takes no other upload while the sync of its own runs', async () => {
    const storage = await open();
    disk.tell('hold-sync');
    const first = await stageText(storage, 'one'); // its sync has begun
    const second = await stageText(storage, 'two');
    const forgotten = Promise.all([first.discard(), second.discard()]);
    const third = await stageText(storage, 'three');
    expect(new Set(disk.used()).size).toBe(3);
    disk.tell('go');
    await forgotten;
    await third.discard();
  });

  it('takes no other upload when it could not remove the file of its own', async () => {
    const storage = await open();
    disk.tell('stuck');
    await (await stageText(storage, 'one')).discard();
    expect(await incoming()).toEqual([]); // removed for it
    disk.tell('go');
    await keepText(storage, 'two', 'a.raucb');
    const [ofFirst, ofNext] = disk.used();
    expect(ofNext).not.toBe(ofFirst);
  });
});

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BundleStorage, StagedBundle } from '../../src/ports/bundle-storage';
import { refusal } from './refusal';

export const sha256Of = (content: string) => createHash('sha256').update(content).digest('hex');

/** Stages a text of a few bytes. */
export function stageText(storage: BundleStorage, content: string): Promise<StagedBundle> {
  return storage.stage(Readable.from([Buffer.from(content)]), { limitBytes: 1_000 });
}

export async function keepText(storage: BundleStorage, content: string, name: string): Promise<string> {
  const staged = await stageText(storage, content);
  await staged.keep(name);
  return staged.sha256;
}

/** The contract of every bundle storage, wherever it keeps the bytes. */
export function describeBundleStorage(open: () => Promise<BundleStorage>): void {
  const removed = (name: string, isShared = false) => ({ name, isShared });
  let storage: BundleStorage;
  beforeEach(async () => {
    storage = await open();
  });

  async function read(sha256: string): Promise<string> {
    const bytes = await storage.open(sha256);
    try {
      return (await bytes.read(0, bytes.sizeBytes)).toString();
    } finally {
      await bytes.close();
    }
  }

  it('tells hash and size of what it staged, and stores it only when it is kept', async () => {
    const staged = await stageText(storage, 'some bytes');
    expect(staged).toMatchObject({ sha256: sha256Of('some bytes'), sizeBytes: 10 });
    const file = await staged.open();
    expect((await file.read(5, 5)).toString()).toBe('bytes');
    await file.close();
    expect(await storage.list()).toEqual([]);
    await expect(storage.open(staged.sha256)).rejects.toEqual(refusal('not-found'));
    await staged.keep('a.raucb');
    expect(await read(staged.sha256)).toBe('some bytes');
  });

  it('keeps what was staged once, and forgets what was discarded', async () => {
    const staged = await stageText(storage, 'one');
    await staged.keep('a.raucb');
    await staged.discard();
    await expect(staged.keep('b.raucb')).rejects.toThrow();
    const other = await stageText(storage, 'two');
    await other.discard();
    await other.discard();
    await expect(other.keep('c.raucb')).rejects.toThrow();
    await expect(other.open()).rejects.toThrow();
    expect(await storage.list()).toEqual([{ sha256: staged.sha256, sizeBytes: 3 }]);
  });

  it('reads ranges, as a stream or a piece, and fails beyond the end', async () => {
    const sha256 = await keepText(storage, '0123456789', 'a.raucb');
    for (const bytes of [await storage.open(sha256), await storage.openFile(sha256)]) {
      expect(bytes.sizeBytes).toBe(10);
      expect((await bytes.read(3, 4)).toString()).toBe('3456');
      expect((await buffer(bytes.createReadStream(7, 9))).toString()).toBe('789');
      await expect(bytes.read(8, 3)).rejects.toThrow();
      await expect(buffer(bytes.createReadStream(8, 10))).rejects.toThrow();
      await bytes.close();
    }
  });

  it('lists what it has by hash, and tells the size of each', async () => {
    const hashes = await Promise.all(
      ['one', 'three', 'seven'].map((content) => keepText(storage, content, `${content}.raucb`)),
    );
    const stored = await storage.list();
    expect(stored.map(({ sha256 }) => sha256)).toEqual([...hashes].sort());
    for (const bytes of stored) expect(await storage.stat(bytes.sha256)).toEqual(bytes);
    expect(await storage.stat(sha256Of('unknown'))).toBeUndefined();
  });

  it('removes bytes, which stay readable for those who have them open', async () => {
    const sha256 = await keepText(storage, 'bytes', 'a.raucb');
    const bytes = await storage.open(sha256);
    await storage.remove(sha256, removed('a.raucb'));
    await storage.remove(sha256, removed('a.raucb'));
    expect((await bytes.read(0, 5)).toString()).toBe('bytes');
    await bytes.close();
    await expect(storage.open(sha256)).rejects.toEqual(refusal('not-found'));
    await expect(storage.openFile(sha256)).rejects.toEqual(refusal('not-found'));
    expect(await storage.stat(sha256)).toBeUndefined();
    await keepText(storage, 'bytes', 'a.raucb');
    expect(await read(sha256)).toBe('bytes');
  });

  it('keeps bytes of two bundles until the last one is removed', async () => {
    const sha256 = await keepText(storage, 'same', 'a.raucb');
    expect(await keepText(storage, 'same', 'b.raucb')).toBe(sha256);
    expect(await storage.list()).toEqual([{ sha256, sizeBytes: 4 }]);
    await storage.remove(sha256, removed('a.raucb', true));
    expect(await read(sha256)).toBe('same');
    await storage.remove(sha256, removed('b.raucb'));
    expect(await storage.list()).toEqual([]);
  });

  it('takes exactly the limit and not a byte more, and nothing empty', async () => {
    const stage = (size: number) =>
      storage.stage(Readable.from(size === 0 ? [] : [Buffer.alloc(size)]), { limitBytes: 10 });
    const whole = await stage(10);
    expect(whole.sizeBytes).toBe(10);
    await whole.discard();
    await expect(stage(11)).rejects.toEqual(refusal('too-large'));
    await expect(stage(0)).rejects.toEqual(refusal('invalid-input'));
  });

  it('gives up an upload that breaks off', async () => {
    const breaking = new Readable({
      read() {
        this.push('half');
        this.destroy(new Error('the sender is gone'));
      },
    });
    await expect(storage.stage(breaking, { limitBytes: 10 })).rejects.toEqual(refusal('invalid-input'));
    const stop = new AbortController();
    const staged = storage.stage(new Readable({ read: () => undefined }), {
      limitBytes: 10,
      signal: stop.signal,
    });
    stop.abort();
    await expect(staged).rejects.toEqual(refusal('invalid-input'));
  });

  it.each([
    '',
    '..',
    '../server.db',
    'A'.repeat(64),
    'a'.repeat(63),
    `${'a'.repeat(64)}/x`,
    `${'a'.repeat(64)}\n`,
  ])('refuses %j, which is not a hash', async (sha256) => {
    const refused = refusal('invalid-input');
    await expect(storage.open(sha256)).rejects.toEqual(refused);
    await expect(storage.openFile(sha256)).rejects.toEqual(refused);
    await expect(storage.stat(sha256)).rejects.toEqual(refused);
    await expect(storage.remove(sha256, removed('a.raucb'))).rejects.toEqual(refused);
  });
}

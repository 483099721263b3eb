import { randomBytes } from 'node:crypto';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { blockBytes, digestBlocks } from '../../../../src/store/s3/block-digests';
import { BundleCache } from '../../../../src/store/s3/bundle-cache';
import { VerifiedObject } from '../../../../src/store/s3/verified-object';
import { eventually } from '../../../support/eventually';
import { MemoryObjects } from '../../../support/memory-objects';
import { temporaryFolder } from '../../../support/programs';

const content = randomBytes(2 * blockBytes + 5);
let folder: string;
let objects: MemoryObjects;
let object: VerifiedObject;
let cache: BundleCache;

beforeEach(async () => {
  folder = await temporaryFolder();
  objects = new MemoryObjects();
  const sha256 = objects.add(content);
  const read = (position: number, length: number) =>
    Promise.resolve(content.subarray(position, position + length));
  object = new VerifiedObject(sha256, await digestBlocks({ sizeBytes: content.length, read }), objects);
  cache = await BundleCache.open({ folder, limitBytes: 1 << 30, onFailure: () => undefined });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await cache.close();
});

const openBytes = async () =>
  (await cache.openWhole(object.sha256, content.length)) ?? (await cache.openArriving(object));

async function readAll(): Promise<Buffer> {
  const bytes = await openBytes();
  try {
    return await bytes.read(0, content.length);
  } finally {
    await bytes.close();
  }
}

/** Every sync of a file waits. @returns the first one that waits, and lets all go on */
async function holdSyncs(): Promise<{ held: Promise<void>; release: () => void }> {
  const handle = await open(path.join(folder, 'probe'), 'w');
  const prototype = Object.getPrototypeOf(handle) as { sync: () => Promise<void> };
  await handle.close();
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const held = new Promise<void>((resolve) => {
    jest.spyOn(prototype, 'sync').mockImplementation(async () => {
      resolve();
      await gate;
    });
  });
  return { held, release };
}

describe('a bundle that has arrived', () => {
  it('is fetched again when it could not become a file', async () => {
    let arrive: () => void = () => undefined;
    objects.gate = new Promise((resolve) => (arrive = resolve));
    const bytes = await cache.openArriving(object);
    await rm(path.join(folder, `${object.sha256}.part`)); // as an eviction at the same time does
    arrive();
    expect((await bytes.read(0, content.length)).equals(content)).toBe(true);
    await bytes.close();
    expect((await readAll()).equals(content)).toBe(true);
    expect((await readAll()).equals(content)).toBe(true);
  });

  it('can be read by one who opens it while its file is being synced and the last reader leaves', async () => {
    const { held, release } = await holdSyncs();
    const first = await cache.openArriving(object);
    await first.read(0, 1);
    await held;
    const leaving = first.close();
    const second = await openBytes();
    expect((await second.read(0, 10)).equals(content.subarray(0, 10))).toBe(true);
    release();
    await leaving;
    expect((await second.read(10, 10)).equals(content.subarray(10, 20))).toBe(true);
    await second.close();
    await eventually(async () => (await readdir(folder)).includes(object.sha256));
    expect((await readAll()).equals(content)).toBe(true);
  });

  it('can be opened at any moment of its removal', async () => {
    for (let round = 0; round < 20; round += 1) {
      await readAll();
      const forgotten = cache.forget(object.sha256);
      const read = readAll();
      await forgotten;
      expect((await read).equals(content)).toBe(true);
    }
  });
});

it('the folder of the cache keeps what others put there', async () => {
  await writeFile(path.join(folder, 'notes.part'), 'mine');
  await writeFile(path.join(folder, `${object.sha256}.part`), 'ours');
  await (await BundleCache.open({ folder, limitBytes: 1, onFailure: () => undefined })).close();
  expect(await readdir(folder)).toEqual(['notes.part']);
});

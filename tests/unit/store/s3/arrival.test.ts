import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RecentMap } from '../../../../src/base/collections/recent-map';
import { Arrival } from '../../../../src/store/s3/arrival';
import { blockBytes, digestBlocks } from '../../../../src/store/s3/block-digests';
import { VerifiedObject } from '../../../../src/store/s3/verified-object';
import { MemoryObjects } from '../../../support/memory-objects';
import { temporaryFolder } from '../../../support/programs';

afterEach(() => jest.restoreAllMocks());

/** An object of random bytes. */
async function storedObject(sizeBytes: number) {
  const objects = new MemoryObjects();
  const content = randomBytes(sizeBytes);
  const sha256 = objects.add(content);
  const read = (position: number, length: number) =>
    Promise.resolve(content.subarray(position, position + length));
  const digests = await digestBlocks({ sizeBytes, read });
  return { objects, content, object: new VerifiedObject(sha256, digests, objects) };
}

it('an arriving bundle is read through memory once the disk of the cache is full', async () => {
  const { objects, content, object } = await storedObject(3 * blockBytes + 5);
  const onWhole = jest.fn(() => Promise.resolve());
  const arrival = await Arrival.begin({
    object,
    file: '/dev/full', // takes no byte
    recent: new RecentMap(16),
    onWhole,
  });
  await arrival.fill(); // gives up, rather than fetching it again and again
  for (let at = 0; at < content.length; at += 100_000) {
    const length = Math.min(100_000, content.length - at);
    expect((await arrival.read(at, length)).equals(content.subarray(at, at + length))).toBe(true);
  }
  expect(onWhole).not.toHaveBeenCalled();
  expect(objects.reads.length).toBeLessThan(6);
  await arrival.close();
});

it('blocks are read before a slow disk has them, until too many of them wait for it', async () => {
  const inMemory = 16;
  const { content, object } = await storedObject((inMemory + 1) * blockBytes);
  const fetches = jest.spyOn(object, 'fetch');
  const onWhole = jest.fn(() => Promise.resolve());
  const file = path.join(await temporaryFolder(), 'arriving');
  const arrival = await Arrival.begin({ object, file, recent: new RecentMap(inMemory), onWhole });
  const release = await holdWrites(file);
  const blockAt = (index: number) => content.subarray(index * blockBytes, (index + 1) * blockBytes);
  const readBlock = (index: number) => arrival.read(index * blockBytes, blockBytes);
  for (let index = 0; index < inMemory; index += 1)
    expect((await readBlock(index)).equals(blockAt(index))).toBe(true);
  let isRead = false;
  const last = readBlock(inMemory).finally(() => (isRead = true));
  await fetches.mock.results[inMemory]?.value;
  await nextTurn();
  expect(isRead).toBe(false);
  release();
  expect((await last).equals(blockAt(inMemory))).toBe(true);
  await arrival.settled();
  expect(onWhole).toHaveBeenCalledTimes(1);
  expect((await readBlock(3)).equals(blockAt(3))).toBe(true); // from the disk
  await arrival.close();
});

/** Every write to a file waits. @returns lets all go on */
async function holdWrites(file: string): Promise<() => void> {
  const handle = await open(file);
  const prototype = Object.getPrototypeOf(handle) as { write: (...args: readonly unknown[]) => unknown };
  await handle.close();
  const write = prototype.write;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  jest.spyOn(prototype, 'write').mockImplementation(async function (this: unknown, ...args) {
    await gate;
    return await write.apply(this, args);
  });
  return release;
}

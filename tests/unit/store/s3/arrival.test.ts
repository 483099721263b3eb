import { randomBytes } from 'node:crypto';
import { RecentMap } from '../../../../src/base/collections/recent-map';
import { Arrival } from '../../../../src/store/s3/arrival';
import { blockBytes, digestBlocks } from '../../../../src/store/s3/block-digests';
import { VerifiedObject } from '../../../../src/store/s3/verified-object';
import { MemoryObjects } from '../../../support/memory-objects';

it('an arriving bundle is read through memory once the disk of the cache is full', async () => {
  const objects = new MemoryObjects();
  const content = randomBytes(3 * blockBytes + 5);
  const sha256 = objects.add(content);
  const read = (position: number, length: number) =>
    Promise.resolve(content.subarray(position, position + length));
  const digests = await digestBlocks({ sizeBytes: content.length, read });
  const onWhole = jest.fn(() => Promise.resolve());
  const arrival = await Arrival.begin({
    object: new VerifiedObject(sha256, digests, objects),
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

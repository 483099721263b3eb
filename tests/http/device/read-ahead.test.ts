import { makeBundle } from '../../support/bundle-factory';
import { connectDevice, type DeviceClient, protocols } from '../../support/device-client';
import { type DeviceListener, startDeviceListener } from '../../support/device-listener';
import { eventually } from '../../support/eventually';

const kib = 1 << 10;
const blockBytes = 128 * kib;

describe.each(protocols)('a device that reads a bundle over %s', (protocol) => {
  let listener: DeviceListener;
  let client: DeviceClient;
  beforeEach(async () => {
    const bundle = await makeBundle({ imageSizeBytes: 2 << 20 });
    listener = await startDeviceListener();
    await listener.publish(bundle.path);
    client = await connectDevice(listener.url, await listener.device('board-1'), protocol);
  });
  afterEach(() => listener.close());

  const read = async (first: number, length: number) => {
    const range = `bytes=${first}-${first + length - 1}`;
    expect((await client.request('/bundles/bundle.raucb', { range })).body).toHaveLength(length);
  };
  const cachedBytes = () => listener.services.readBundle.cacheCounts().bytes;

  it('in order, finds the next blocks in memory', async () => {
    for (let at = 0; at < 2 * blockBytes; at += 32 * kib) await read(at, 32 * kib);
    await eventually(() => cachedBytes() === 4 * blockBytes);
    const { misses } = listener.services.readBundle.cacheCounts();
    await read(2 * blockBytes, 32 * kib);
    expect(listener.services.readBundle.cacheCounts().misses).toBe(misses);
  });

  it('here and there, finds nothing else there', async () => {
    for (const index of [3, 0, 7, 2, 5, 1, 8]) await read(index * blockBytes, blockBytes);
    expect(cachedBytes()).toBe(7 * blockBytes);
  });
});

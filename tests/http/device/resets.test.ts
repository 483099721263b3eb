import { makeBundle } from '../../support/bundle-factory';
import { connectDevice } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { fleetAttention } from '../../support/fleet-attention';
import { cancel, connectRawHttp2, enhanceYourCalm, get, reset } from '../../support/raw-http2';

const range = { range: 'bytes=0-131071' };
let now: Date;
let nowMs: number;
let listener: DeviceListener;
let files: ClientFiles;

beforeEach(async () => {
  now = new Date('2026-11-02T12:00:00Z');
  nowMs = 0;
  listener = await startDeviceListener({ now: () => now, change: { monotonicMs: () => nowMs } });
  await listener.publish((await makeBundle()).path);
  files = await listener.device('board-1');
});

const connectRaw = async () => connectRawHttp2(listener.server.address.port, await readClientFiles(files));
/** Ids of the streams that a client opens: odd, ascending. */
const ids = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + 2 * i);
const givenUp = (streams: readonly number[], code?: number) =>
  streams.flatMap((id) => [get(id, '/bundles/bundle.raucb', range), reset(id, code)]);

it.each([
  ['ranges', '/bundles/bundle.raucb'],
  ['polls', '/api/v1/manifest.json'],
  ["polls of RAUC's poller", '/api/v1/update.raucb'],
])('does no work for %s that are reset together with their headers', async (_, target) => {
  const device = await connectRaw();
  device.send(...ids(400).flatMap((id) => [get(id, target, range), reset(id)]), get(801, '/health'));
  await eventually(() => device.answered.has(801));
  const counts = listener.server.counts();
  expect(counts).toMatchObject({ requests: 1, bundleRequests: 0, openRequests: 0, unsentBytes: 0 });
  for (const { offers } of counts.protocols.values()) expect(offers.size).toBe(0);
  expect([...device.answered]).toEqual([801]);
  const identity = { id: 'board-1', certificateSerial: null, compatibles: [] };
  expect(await listener.services.bundleAccess.isKnown(identity)).toBe(false); // nothing was written
  expect(device.goaways).toEqual([]);
});

it.each([
  ['as cancelled', cancel],
  ['as if nothing were wrong', 0],
  ['as an error of its own', 2],
])('ends a connection that resets request after request %s, counts it and tells people', async (_, code) => {
  const device = await connectRaw();
  device.send(...givenUp(ids(600), code));
  await device.closed;
  expect(device.goaways).toContain(enhanceYourCalm);
  expect(listener.server.counts().overBudget.get('resets')).toBe(1);
  expect(await fleetAttention(listener, () => now)).toMatchObject([
    {
      kind: 'over-budget',
      deviceId: 'board-1',
      message: expect.stringContaining('cert revoke board-1') as unknown,
    },
  ]);
  expect(listener.lines.filter(({ message }) => message === 'over budget')).toHaveLength(1);
});

it('gives a device that comes back no fresh start, and serves it and others all the same', async () => {
  const first = await connectRaw();
  first.send(...givenUp(ids(600)));
  await first.closed;
  const second = await connectRaw();
  second.send(...givenUp(ids(20)));
  await second.closed;
  expect(second.goaways).toContain(enhanceYourCalm);
  const [again, other] = await Promise.all([
    connectDevice(listener.url, files, 'HTTP/2'),
    connectDevice(listener.url, await listener.device('board-2'), 'HTTP/2'),
  ]);
  expect((await again.request('/bundles/bundle.raucb', range)).status).toBe(206);
  expect((await other.request('/bundles/bundle.raucb', range)).status).toBe(206);
});

it('forgets resets after a while', async () => {
  const first = await connectRaw();
  first.send(...givenUp(ids(600)));
  await first.closed;
  nowMs += 60_000;
  const second = await connectRaw();
  second.send(...givenUp(ids(300)), get(601, '/health'));
  await eventually(() => second.answered.has(601));
  now = new Date(now.getTime() + 3_600_000);
  expect(await fleetAttention(listener, () => now)).toEqual([]);
});

it('leaves RAUC alone that stops an installation in the middle of 128 ranges, and starts the next one', async () => {
  const device = await connectRaw();
  device.send(...ids(128).map((id) => get(id, '/bundles/bundle.raucb', range)));
  await eventually(() => listener.server.counts().requests === 128);
  device.send(...ids(128).map((id) => reset(id)));
  device.send(...ids(128, 257).map((id) => get(id, '/bundles/bundle.raucb', { range: 'bytes=0-99' })));
  await eventually(() => ids(128, 257).every((id) => device.received.get(id) === 100));
  expect(listener.server.counts().overBudget.size).toBe(0);
});

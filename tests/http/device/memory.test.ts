import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { type MadeBundle, makeBundle } from '../../support/bundle-factory';
import { connectDevice } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { rangeLoad } from '../../support/range-load';
import { connectRawHttp2, get, reset, windowUpdate } from '../../support/raw-http2';

const kib = 1 << 10;
const limits = { process: 8 << 20, device: 1 << 20, reserve: 64 * kib };
const range = { range: 'bytes=0-131071' };
const target = '/bundles/bundle.raucb';
const ids = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + 2 * i);

let bundle: MadeBundle;
let listener: DeviceListener;
let files: ClientFiles;
let mostUnsent: number;
let watching: NodeJS.Timeout;
beforeEach(async () => {
  bundle = await makeBundle({ imageSizeBytes: 4 << 20 });
  listener = await startDeviceListener({ change: { memoryLimits: limits } });
  await listener.publish(bundle.path);
  files = await listener.device('board-1');
  mostUnsent = 0;
  watching = setInterval(() => (mostUnsent = Math.max(mostUnsent, unsent())), 5);
});
afterEach(async () => {
  clearInterval(watching);
  await listener.close();
});

const unsent = () => listener.server.counts().unsentBytes;
const connectRaw = async (window: number) =>
  connectRawHttp2(listener.server.address.port, await readClientFiles(files), window);
const stalled = async (window = 0) => {
  const device = await connectRaw(window);
  const before = listener.server.counts().requests;
  device.send(...ids(243).map((id) => get(id, target, range)));
  await eventually(() => listener.server.counts().requests === before + 243);
  return device;
};

it('is bounded for a device that asks for much on many connections and reads nothing', async () => {
  for (let i = 0; i < 4; i++) await stalled();
  await eventually(() => unsent() >= limits.device);
  expect(mostUnsent).toBeLessThanOrEqual(limits.device + 4 * limits.reserve);
});

it('is enough for another connection of that device, and for another device', async () => {
  await stalled();
  const others = [files, await listener.device('board-2')];
  for (const other of others) {
    const client = await connectDevice(listener.url, other, 'HTTP/2');
    expect((await client.request(target)).body).toHaveLength(bundle.sizeBytes);
  }
  expect(mostUnsent).toBeLessThanOrEqual(2 * limits.device + 3 * limits.reserve);
});

it('comes back when the device reads on: each answer is whole', async () => {
  const device = await stalled();
  expect(device.answered.size).toBeLessThan(20);
  device.send(...ids(243).map((id) => windowUpdate(id, 1 << 20)));
  await eventually(() => ids(243).every((id) => device.received.get(id) === 128 * kib));
  await eventually(() => unsent() === 0);
});

it('is used for the bytes of others only when the device has its own', async () => {
  const device = await connectRaw(0);
  const own = ids(7);
  const rangeOf = (index: number) => `bytes=${index * 128 * kib}-${(index + 1) * 128 * kib - 1}`;
  device.send(...own.map((id, index) => get(id, target, { range: rangeOf(index) })));
  await eventually(() => device.answered.size === own.length);
  const other = await connectDevice(listener.url, await listener.device('board-2'), 'HTTP/2');
  await Promise.all(own.map((_, index) => other.request(target, { range: rangeOf(index + own.length) })));
  device.send(...own.map((id) => windowUpdate(id, 1 << 20)));
  await eventually(() => own.every((id) => device.received.get(id) === 128 * kib));
  const bytes = await readFile(bundle.path);
  for (const [index, id] of own.entries()) {
    expect(device.body(id).equals(bytes.subarray(index * 128 * kib, (index + 1) * 128 * kib))).toBe(true);
  }
});

it.each([
  [
    'gives the requests up',
    (device: Awaited<ReturnType<typeof connectRaw>>) => device.send(...ids(243).map((id) => reset(id))),
  ],
  ['goes away', (device: Awaited<ReturnType<typeof connectRaw>>) => device.socket.destroy()],
])('comes back when the device %s', async (_, end) => {
  end(await stalled());
  await eventually(() => listener.server.counts().openRequests === 0 && unsent() === 0);
});

it('comes back from answers that wait for a connection that takes no more', async () => {
  const devices = await Promise.all(ids(8).map(() => connectRaw(1 << 30)));
  for (const { socket } of devices) socket.pause();
  for (const device of devices) device.send(...ids(40).map((id) => get(id, target)));
  await eventually(() => listener.server.counts().requests === 320);
  await eventually(() => unsent() >= limits.device);
  expect(mostUnsent).toBeLessThanOrEqual(limits.device + 8 * limits.reserve);
  for (const { socket } of devices) socket.destroy();
  await eventually(() => unsent() === 0);
});

it('leaves the requests of one HTTP/1.1 connection that are sent without waiting in their order', async () => {
  const answer = await speak(
    ids(20).map((id) => `GET ${target} HTTP/1.1\r\nHost: a\r\nRange: bytes=0-${600 * kib + id}\r\n\r\n`),
  );
  expect(answer.match(/content-range: bytes 0-\d+/g)).toEqual(
    ids(20).map((id) => `content-range: bytes 0-${600 * kib + id}`),
  );
  await eventually(() => unsent() === 0);
});

it('ends an HTTP/1.1 connection that sends request after request without waiting, and counts it', async () => {
  await speak(Array.from({ length: 200 }, () => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`));
  expect(listener.server.counts().overBudget.get('requests')).toBe(1);
  await eventually(() => listener.server.counts().openRequests === 0 && unsent() === 0);
});

it.each([
  [6, false],
  [1, true],
])(
  'never limits RAUC: 128 ranges at once, %d times in quick succession (HTTP/1.1: %s)',
  async (retries, isHttp1) => {
    for (let retry = 0; retry < retries; retry++) {
      const load = {
        url: `${listener.url}${target}`,
        copy: bundle.path,
        files,
        requests: 256,
        parallel: 128,
      };
      expect(await rangeLoad({ ...load, rangeBytes: 128 * kib, isHttp1 })).toMatchObject({
        errors: 0,
        wrong: 0,
      });
      const client = await connectDevice(listener.url, files, 'HTTP/2');
      for (let progress = 0; progress <= 100; progress += 5) {
        const report = JSON.stringify({ state: 'installing', progress });
        expect((await client.request('/api/v1/status', {}, 'POST', report)).status).toBe(200);
      }
    }
    expect(listener.server.counts().overBudget.size).toBe(0);
    expect(mostUnsent).toBeLessThanOrEqual(limits.device + 130 * limits.reserve);
  },
);

/** Sends text over TLS and collects the answers until the server closes, or has answered the last. */
async function speak(requests: readonly string[]): Promise<string> {
  const socket = tls.connect({
    ...(await readClientFiles(files)),
    host: 'localhost',
    port: listener.server.address.port,
    ALPNProtocols: ['http/1.1'],
  });
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(`${requests.join('')}GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(pieces).toString('latin1');
}

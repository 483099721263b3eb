import { once } from 'node:events';
import http2 from 'node:http2';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import { makeBundle } from '../../support/bundle-factory';
import { connectDevice, protocols } from '../../support/device-client';
import { type DeviceListener, readClientFiles, startDeviceListener } from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { connectRawHttp2, enhanceYourCalm, get, ping, type RawHttp2 } from '../../support/raw-http2';

const imageSizeBytes = 24 << 20;
let listener: DeviceListener;
let tls: Awaited<ReturnType<typeof readClientFiles>>;
let sizeBytes: number;

beforeEach(async () => {
  const bundle = await makeBundle({ imageSizeBytes });
  ({ sizeBytes } = bundle);
  listener = await startDeviceListener();
  await listener.publish(bundle.path);
  tls = await readClientFiles(await listener.device('board-1'));
});

/** Begins a download and leaves it after the headers. */
async function beginHttp1() {
  const request = https.get(`${listener.url}/bundles/bundle.raucb`, {
    ...tls,
    agent: new https.Agent({ keepAlive: true }),
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function beginHttp2() {
  const session = http2.connect(listener.url, tls);
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/bundles/bundle.raucb' });
  await once(stream, 'response');
  return { session, stream };
}

async function length(body: AsyncIterable<Buffer>): Promise<number> {
  let sum = 0;
  for await (const piece of body) sum += piece.length;
  return sum;
}

it('lets running downloads end, over both protocols, and closes then', async () => {
  const overHttp1 = await beginHttp1();
  const { session, stream } = await beginHttp2();
  const goaway = once(session, 'goaway');
  const closed = listener.server.close(20_000);
  await goaway;
  expect(await Promise.all([length(overHttp1), length(stream as AsyncIterable<Buffer>)])).toEqual([
    sizeBytes,
    sizeBytes,
  ]);
  await closed;
});

it('takes no new connections and ends idle ones at once', async () => {
  const response = await beginHttp1(); // keeps it from being closed
  const idle = await Promise.all(
    protocols.map(async (protocol) => {
      const client = await connectDevice(
        listener.url,
        await listener.device(`idle-${protocol.length}`),
        protocol,
      );
      expect((await client.request('/health')).status).toBe(200);
      return client;
    }),
  );
  expect(listener.server.counts().connections).toBe(3);
  const closed = listener.server.close(20_000);
  await eventually(() => listener.server.counts().connections === 1);
  for (const client of idle) await expect(client.request('/health')).rejects.toThrow();
  response.destroy();
  await closed;
});

it('ends what does not end in time', async () => {
  const response = await beginHttp1();
  const { stream } = await beginHttp2();
  stream.on('error', () => undefined);
  const raw = net.connect(listener.server.address.port, '127.0.0.1'); // never begins its TLS handshake
  await once(raw, 'connect');
  await listener.server.close(50);
  await expect(length(response)).rejects.toThrow();
  expect(listener.server.counts()).toMatchObject({ connections: 0, openRequests: 0 });
  raw.resume();
  if (!raw.closed) await once(raw, 'close');
});

it('may be closed twice', async () => {
  await Promise.all([listener.server.close(0), listener.server.close(1000)]);
});

it('refuses an address that is taken, and says so', async () => {
  const { port } = listener.server.address;
  await expect(startDeviceListener({ change: { port } })).rejects.toMatchObject({ code: 'configuration' });
});

describe('a connection on which nothing moves', () => {
  const quietTimeoutMs = 250; // longer than a busy machine needs for a handshake
  beforeEach(async () => {
    const quiet = await startDeviceListener({
      certsDir: listener.certsDir,
      change: { quietTimeoutMs, services: listener.services },
    });
    await listener.server.close(0);
    listener = { ...listener, server: quiet.server, url: quiet.url };
  });

  it('ends when no request runs on it: HTTP/2 with a word of goodbye', async () => {
    const session = http2.connect(listener.url, tls);
    const goaway = once(session, 'goaway');
    const closed = once(session, 'close');
    await Promise.all([goaway, closed]);
    const client = await connectDevice(listener.url, await listener.device('quiet'), 'HTTP/1.1');
    expect((await client.request('/health')).status).toBe(200);
  });

  it('is cut with a download on it after several times, over both protocols', async () => {
    const begin = Date.now();
    const response = await beginHttp1();
    const { stream } = await beginHttp2();
    stream.on('error', () => undefined);
    await eventually(() => listener.server.counts().connections === 0);
    expect(Date.now() - begin).toBeGreaterThan(4 * quietTimeoutMs);
    await expect(length(response)).rejects.toThrow();
  });

  it('lives on as long as bytes move', async () => {
    const response = await beginHttp1();
    const { stream } = await beginHttp2();
    const slowly = async (body: AsyncIterable<Buffer>) => {
      let sum = 0;
      for await (const piece of body) {
        sum += piece.length;
        // More than ten times the quiet time for 24 MiB.
        await new Promise((resolve) => setTimeout(resolve, (12 * quietTimeoutMs * piece.length) / sizeBytes));
      }
      return sum;
    };
    const begin = Date.now();
    expect(await Promise.all([slowly(response), slowly(stream as AsyncIterable<Buffer>)])).toEqual([
      sizeBytes,
      sizeBytes,
    ]);
    expect(Date.now() - begin).toBeGreaterThan(10 * quietTimeoutMs);
  });
});

describe('a connection that moves no data, while pings come and go', () => {
  const quietTimeoutMs = 1_000; // longer than a busy machine needs to begin all requests
  let nowMs: number;
  beforeEach(async () => {
    nowMs = 0;
    const still = await startDeviceListener({
      certsDir: listener.certsDir,
      change: { quietTimeoutMs, monotonicMs: () => nowMs, services: listener.services },
    });
    await listener.server.close(0);
    listener = { ...listener, server: still.server, url: still.url };
  });
  const connectRaw = () => connectRawHttp2(listener.server.address.port, tls, 0);

  /** Pings before Node's own timer runs out, until the connection is over. The connection is quiet for a while after something happened. */
  async function pingUntilClosed(
    device: RawHttp2,
    quietMs: number,
    happens: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const pinging = setInterval(() => device.send(ping()), quietTimeoutMs / 10);
    try {
      await happens();
      nowMs += quietMs;
      await device.closed;
    } finally {
      clearInterval(pinging);
    }
  }

  it('ends without a request on it', async () => {
    const device = await connectRaw();
    await pingUntilClosed(device, quietTimeoutMs);
    expect(device.goaways).toContain(0);
    expect(listener.server.counts().overBudget.size).toBe(0);
  });

  it('ends with a download that is not read, after several times, and is counted', async () => {
    const device = await connectRaw();
    device.send(get(1, '/bundles/bundle.raucb'));
    await pingUntilClosed(device, 6 * quietTimeoutMs, () => eventually(() => device.answered.has(1)));
    expect(device.goaways).toContain(enhanceYourCalm);
    expect(listener.server.counts().overBudget.get('memory')).toBe(1);
  });

  it('ends sooner when more waits behind it, and the device answers a ping: it keeps its windows shut', async () => {
    const device = await connectRaw();
    device.send(...Array.from({ length: 200 }, (_, i) => get(1 + 2 * i, '/bundles/bundle.raucb')));
    const allArrived = () => eventually(() => listener.server.counts().requests === 200);
    await pingUntilClosed(device, quietTimeoutMs, allArrived);
    expect(device.goaways).toContain(enhanceYourCalm);
    expect(listener.server.counts().overBudget.get('memory')).toBe(1);
  });

  it.each(protocols)(
    'goes on over %s when a slow device reads, the equivalent of 2 KB/s',
    async (protocol) => {
      const body = protocol === 'HTTP/2' ? (await beginHttp2()).stream : await beginHttp1();
      let sum = 0;
      for await (const piece of body as AsyncIterable<Buffer>) {
        sum += piece.length;
        nowMs += (piece.length / 2_000) * 1_000 * (quietTimeoutMs / 300_000);
      }
      expect(sum).toBe(sizeBytes);
      expect(nowMs).toBeGreaterThan(40 * quietTimeoutMs);
      expect(listener.server.counts().overBudget.size).toBe(0);
    },
  );
});

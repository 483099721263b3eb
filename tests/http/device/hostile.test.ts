import { once } from 'node:events';
import http2 from 'node:http2';
import tls from 'node:tls';
import { makeBundle } from '../../support/bundle-factory';
import { connectDevice } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { run } from '../../support/programs';

let listener: DeviceListener;
let files: ClientFiles;

beforeAll(async () => {
  listener = await startDeviceListener();
  await listener.publish((await makeBundle()).path);
  files = await listener.device('board-1');
});

/** Sends text over TLS as it is, and collects what comes until the server closes. */
async function speak(text: string): Promise<string> {
  const socket = tls.connect({
    ...(await readClientFiles(files)),
    host: 'localhost',
    port: listener.server.address.port,
    ALPNProtocols: ['http/1.1'],
  });
  let answer = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece));
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
const last = 'GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

it.each<[string, string, number[]]>([
  ['a request without Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', [400]],
  ['garbage', 'NONSENSE\r\n\r\n', [400]],
  [
    'headers beyond 16 KiB',
    `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
    [431],
  ],
  ['the absolute form', last.replace('/health', 'https://localhost/health'), [200]],
  ['the absolute form with its port', last.replace('/health', 'https://LOCALHOST:443/health'), [200]],
  [
    'the absolute form for another host',
    last.replace('/health', 'https://other/health').replace('close', 'keep-alive') + last,
    [400, 200],
  ],
  ['two Host headers', last.replace('Host: localhost', 'Host: localhost\r\nHost: other'), [400]],
  ['the same Host twice', last.replace('Host: localhost', 'Host: localhost\r\nhOST: localhost'), [400]],
  ['the absolute form without a path', last.replace('/health', 'https://localhost'), [404]],
  [
    'a body of a GET',
    `GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody${last}`,
    [413, 200],
  ],
  [
    'a chunked body',
    `GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n${last}`,
    [413, 200],
  ],
  [
    'length and chunks',
    `GET /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n0\r\n\r\n${last}`,
    [400],
  ],
  [
    'an expectation',
    `POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody${last}`,
    [404],
  ],
  [
    'an expectation of a route',
    `PUT /health HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n${last}`,
    [405],
  ],
  [
    'requests one after the other without waiting',
    `${last.replace('close', 'keep-alive').repeat(20)}${last}`,
    Array<number>(21).fill(200),
  ],
  ['a path out of everything', last.replace('/health', '/../../etc/passwd'), [404]],
  [
    'an upgrade',
    'GET /health HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n',
    [200],
  ],
])('answers %s over HTTP/1.1', async (_, text, expected) => {
  expect(statuses(await speak(text))).toEqual(expected);
});

describe('over HTTP/2', () => {
  const ask = async (headers: Record<string, string>) => {
    const session = http2.connect(listener.url, await readClientFiles(files));
    session.on('error', () => undefined);
    const stream = session.request({ ':path': '/health', ...headers });
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.resume();
    await once(stream, 'close');
    session.destroy();
    return answer[':status'];
  };

  it('refuses a host that is not the authority', async () => {
    expect(await ask({ ':authority': 'localhost', host: 'other' })).toBe(400);
  });

  it.each<Record<string, string>>([
    { ':authority': 'localhost' },
    { ':authority': 'localhost:8443', host: 'LOCALHOST:8443' },
    { ':authority': 'localhost', host: 'localhost:443' },
  ])('answers %j', async (headers) => {
    expect(await ask(headers)).toBe(200);
  });
});

it('survives a device that resets streams by the thousand: only its own connection ends', async () => {
  const session = http2.connect(listener.url, await readClientFiles(files));
  session.on('error', () => undefined);
  const ended = new Promise((resolve) => session.once('close', resolve));
  await once(session, 'connect');
  const other = await connectDevice(listener.url, files, 'HTTP/2');
  const isOver = () => session.destroyed || session.closed;
  for (let i = 0; !isOver(); i++) {
    expect(i).toBeLessThan(5_000);
    if (i % 200 === 0) await other.request('/health');
    if (isOver()) break;
    const stream = session.request({ ':path': '/bundles/bundle.raucb' });
    stream.on('error', () => undefined);
    stream.close(http2.constants.NGHTTP2_CANCEL);
  }
  await ended;
  expect((await other.request('/health')).status).toBe(200);
  await eventually(() => listener.server.counts().openRequests === 0);
});

it('survives a device that speaks no HTTP/2 after it chose it', async () => {
  const socket = tls.connect({
    ...(await readClientFiles(files)),
    host: 'localhost',
    port: listener.server.address.port,
    ALPNProtocols: ['h2'],
  });
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'secureConnect');
  socket.write('GET / HTTP/1.1\r\n\r\n'.repeat(100));
  await once(socket, 'close');
  const client = await connectDevice(listener.url, files, 'HTTP/2');
  expect((await client.request('/health')).status).toBe(200);
});

it('takes no body over HTTP/2 either', async () => {
  const { stdout } = await run('curl', [
    ...[
      '-sS',
      '--http2',
      '--cacert',
      files.ca,
      '--cert',
      files.cert,
      '--key',
      files.key,
      '-w',
      '%{http_code}',
    ],
    ...['-o', '/dev/null', '-X', 'GET', '--data-binary', '@/proc/self/exe', `${listener.url}/health`],
  ]);
  expect(stdout).toBe('413');
});

it('refuses very large and very many headers over HTTP/2, and serves the next request', async () => {
  const session = http2.connect(listener.url, await readClientFiles(files));
  await once(session, 'remoteSettings'); // from here on it knows the limits
  const ask = (headers: http2.OutgoingHttpHeaders) =>
    new Promise<number | undefined>((resolve) => {
      const stream = session.request({ ':path': '/health', ...headers }).resume();
      let status: number | undefined;
      stream.once('response', (answer) => (status = answer[':status']));
      stream.on('error', () => undefined);
      stream.once('close', () => resolve(status));
    });
  expect(await ask({ x: 'x'.repeat(17_000) })).toBeUndefined();
  expect(
    await ask(Object.fromEntries(Array.from({ length: 220 }, (_, i) => [`x-${i}`, 'x']))),
  ).toBeUndefined();
  expect(await ask({})).toBe(200);
  session.destroy();
});

it('does not take the name of a device from a header', async () => {
  const bound = await listener.device('bound-1', { compatibles: ['other'] });
  const client = await connectDevice(listener.url, bound, 'HTTP/1.1');
  for (const header of ['x-device-id', 'x-client-cert', 'x-ssl-client-s-dn', 'x-forwarded-client-cert']) {
    const { status } = await client.request('/bundles/bundle.raucb', { [header]: 'CN=board-1' });
    expect(status).toBe(404);
  }
});

it('keeps idle connections for more than a minute and every wait within bounds', () => {
  const server = listener.server.listener as unknown as Record<string, number>;
  expect(server['keepAliveTimeout']).toBeGreaterThanOrEqual(75_000);
  expect(server['timeout']).toBeGreaterThanOrEqual(75_000); // HTTP/2 as well
  expect(server['timeout']).toBeLessThanOrEqual(300_000);
  expect(server['headersTimeout']).toBe(60_000);
  expect(server['requestTimeout']).toBe(60_000);
  expect(server['maxHeaderSize']).toBe(16_384);
});

it('tells HTTP/2 devices how much they may ask at once', async () => {
  const session = http2.connect(listener.url, await readClientFiles(files));
  const [settings] = (await once(session, 'remoteSettings')) as [http2.Settings];
  expect(settings.maxConcurrentStreams).toBeGreaterThanOrEqual(128);
  expect(settings.maxHeaderListSize).toBe(16_384);
  session.destroy();
});

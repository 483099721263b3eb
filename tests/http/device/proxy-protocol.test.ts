import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { handshakeLimits } from '../../../src/http/device/transport/handshake-queue';
import { localProxyHeader } from '../../../src/http/proxy-header';
import { createProbeListeners } from '../../../src/http/outbound/probe-listeners';
import type { ListenerOptions } from '../../support/device-listener';
import { readClientFiles } from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { proxyHeader } from '../../support/proxy-header';
import { type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

const balancer = '127.0.0.1';
let fleet: ReleasedFleet;
const sockets: net.Socket[] = [];

async function start(change: ListenerOptions['change'] = {}): Promise<void> {
  fleet = await startReleasedFleet({ change: { proxyProtocolFrom: [balancer], ...change } });
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await fleet.close();
});

/** What a balancer opens for a client. */
function dial(...pieces: readonly Buffer[]): net.Socket {
  const socket = net.connect(fleet.server.address.port, '127.0.0.1').setNoDelay();
  socket.on('error', () => undefined);
  sockets.push(socket);
  for (const piece of pieces) socket.write(piece);
  return socket;
}

/** A device's TLS inside of it. */
async function secure(id: string, below: Duplex, protocol = 'http/1.1'): Promise<tls.TLSSocket> {
  const files = await readClientFiles(await fleet.device(id));
  const socket = tls.connect({ ...files, socket: below, servername: 'localhost', ALPNProtocols: [protocol] });
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

async function poll(socket: tls.TLSSocket): Promise<string> {
  socket.write('GET /api/v1/update.raucb HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString('latin1').split('\r\n')[0] ?? '';
}

/** With or without an error. */
function closed(socket: net.Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

const refusals = () =>
  fleet.lines.filter(({ message }) => message === 'connection refused').map(({ facts }) => facts);

describe('a device behind a balancer that speaks the PROXY protocol', () => {
  it('is known by its own address', async () => {
    await start();
    const below = dial(proxyHeader({ source: '192.0.2.7' }));
    expect(await poll(await secure('board-1', below))).toMatch(/^HTTP\/1\.1 /);
    expect((await fleet.seen('board-1')).address).toBe('192.0.2.7');
    expect(refusals()).toEqual([]);
  });

  it('is so over HTTP/2 too', async () => {
    await start();
    const socket = await secure('board-2', dial(proxyHeader({ source: '2001:db8::7' })), 'h2');
    const session = http2.connect(fleet.url, { createConnection: () => socket });
    const stream = session.request({ ':path': '/api/v1/update.raucb' });
    await once(stream, 'response');
    session.destroy();
    expect((await fleet.seen('board-2')).address).toBe('2001:db8::7');
  });

  it('may send its first bytes in one packet with the header', async () => {
    await start();
    const below = dial();
    const merged = new Duplex({
      read: () => undefined,
      write(bytes: Buffer, _, done) {
        const isFirst = below.bytesWritten === 0;
        below.write(isFirst ? Buffer.concat([proxyHeader({ source: '192.0.2.8' }), bytes]) : bytes, done);
      },
    });
    below.on('data', (bytes) => merged.push(bytes));
    expect(await poll(await secure('board-3', merged))).toMatch(/^HTTP\/1\.1 /);
    expect((await fleet.seen('board-3')).address).toBe('192.0.2.8');
  });

  it('may send the header byte by byte', async () => {
    await start();
    const below = dial();
    for (const byte of proxyHeader({ source: '192.0.2.9' })) {
      below.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await poll(await secure('board-4', below))).toMatch(/^HTTP\/1\.1 /);
    expect((await fleet.seen('board-4')).address).toBe('192.0.2.9');
  });

  it('counts toward its own share of handshakes, not that of the balancer', async () => {
    await start({ handshakeLimits: { ...handshakeLimits, atOnce: 1, waiting: 0 } });
    for (const source of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) dial(proxyHeader({ source }));
    await eventually(() => fleet.server.counts().handshakes === 3);
    dial(proxyHeader({ source: '192.0.2.3' }));
    await eventually(() => refusals().length === 1);
    expect(refusals()).toMatchObject([{ cause: 'too-many-handshakes', address: '192.0.2.3' }]);
  });

  it('is refused by its own address', async () => {
    await start();
    const stranger = tls.connect({
      socket: dial(proxyHeader({ source: '192.0.2.7' })),
      rejectUnauthorized: false,
    });
    stranger.on('error', () => undefined);
    await closed(stranger);
    expect(refusals()).toMatchObject([{ cause: 'no-certificate', address: '192.0.2.7' }]);
  });

  it('is known by the address of the balancer, which does not know its own', async () => {
    await start();
    const below = dial(proxyHeader({ source: '192.0.2.7', family: 0 }));
    expect(await poll(await secure('board-5', below))).toMatch(/^HTTP\/1\.1 /);
    expect((await fleet.seen('board-5')).address).toBe(balancer);
  });
});

describe("a balancer's own connection", () => {
  it('counts toward no share, and no refusal of it is logged', async () => {
    await start({ handshakeLimits: { ...handshakeLimits, atOnce: 1, waiting: 0 } });
    const checks = [dial(localProxyHeader), dial(localProxyHeader), dial(localProxyHeader)];
    const withTls = tls.connect({ socket: dial(localProxyHeader), rejectUnauthorized: false });
    withTls.on('error', () => undefined);
    await closed(withTls);
    for (const socket of checks) socket.end();
    await Promise.all(checks.map(closed));
    dial().end();
    await eventually(() => fleet.server.counts().handshakes === 0);
    expect(refusals()).toEqual([]);
    expect(fleet.server.counts().refusedConnections).toBe(0);
  });

  it('counts toward no share while its handshake is under way', async () => {
    await start({ handshakeLimits: { ...handshakeLimits, atOnce: 1, waiting: 0 } });
    const startOfTls = Buffer.from([22]);
    const checks = [dial(localProxyHeader, startOfTls), dial(localProxyHeader, startOfTls)];
    const device = await secure('board-1', dial(proxyHeader({ source: '192.0.2.1' }))); // which came later
    expect(await poll(device)).toMatch(/^HTTP\/1\.1 /);
    expect(fleet.server.counts().handshakes).toBe(0);
    expect(refusals()).toEqual([]);
    expect(checks.map(({ closed }) => closed)).toEqual([false, false]);
  });

  it('may be that of the doctor', async () => {
    await start();
    const files = await readClientFiles(await fleet.device('board-1'));
    const [ca, cert, key] = [files.ca, files.cert, files.key].map(String) as [string, string, string];
    const { port } = fleet.server.address;
    const at = { host: '127.0.0.1', port, serverName: 'doctor.invalid' };
    const greet = (takesProxyHeader: boolean) =>
      createProbeListeners().greetDevices({ ...at, takesProxyHeader }, { ca, client: { cert, key } });
    expect(await greet(true)).toMatchObject({ kind: 'greeted', answer: { status: 200 } });
    expect(await greet(false)).toMatchObject({ kind: 'silent' });
  });
});

describe('a connection from the address of a balancer', () => {
  it.each<[string, Buffer, RegExp]>([
    [
      'without a header',
      Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      /did not send a PROXY header/,
    ],
    ['with version 1', Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 5 6\r\n'), /send-proxy-v2/],
    [
      'with a header that is too long',
      proxyHeader({ source: '192.0.2.7', extension: Buffer.alloc(60_000) }),
      /limit/,
    ],
  ])('is refused %s', async (_, bytes, reason) => {
    await start();
    await closed(dial(bytes));
    expect(refusals()).toMatchObject([
      { cause: 'other', reason: expect.stringMatching(reason) as string, address: balancer },
    ]);
  });

  it('ends after some seconds without the rest of its header', async () => {
    await start();
    const since = performance.now();
    await closed(dial(proxyHeader({ source: '192.0.2.7' }).subarray(0, 20)));
    expect(performance.now() - since).toBeGreaterThan(4_000);
    expect(refusals()).toMatchObject([
      { reason: 'its PROXY header did not arrive within 5 seconds', address: balancer },
    ]);
  });

  it('ends when the server stops, though its header is not there yet', async () => {
    await start();
    const socket = dial(proxyHeader({ source: '192.0.2.7' }).subarray(0, 20));
    await once(socket, 'connect');
    const end = closed(socket);
    await fleet.server.close(60_000);
    await end;
  });
});

it('takes no header from an address that is not that of a balancer', async () => {
  await start({ proxyProtocolFrom: ['192.0.2.0/24'] });
  await closed(dial(proxyHeader({ source: '192.0.2.7' })));
  expect(refusals()).toMatchObject([{ address: '127.0.0.1' }]);
  expect(await poll(await secure('board-1', dial()))).toMatch(/^HTTP\/1\.1 /);
  expect((await fleet.seen('board-1')).address).toBe('127.0.0.1');
});

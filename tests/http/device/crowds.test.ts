import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { DeviceIdentity } from '../../../src/core/device';
import type { AdmissionRules } from '../../../src/http/device/transport/connections';
import { handshakeLimits } from '../../../src/http/device/transport/handshake-queue';
import { deviceIdentity } from '../../../src/pki/device-identity';
import { connectDevice } from '../../support/device-client';
import {
  type ClientFiles,
  type DeviceListener,
  type ListenerOptions,
  readClientFiles,
  startDeviceListener,
} from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { mustRun } from '../../support/programs';

let listener: DeviceListener;
let files: ClientFiles;
let nowMs: number;
const sockets: net.Socket[] = [];

async function start(change: ListenerOptions['change'] = {}): Promise<void> {
  nowMs = 0;
  listener = await startDeviceListener({ change: { monotonicMs: () => nowMs, ...change } });
  files = await listener.device('board-1');
}
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await listener.close();
});

function dial(): net.Socket {
  const socket = net.connect(listener.server.address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** A device's TLS connection that has not asked for anything. */
async function connectTls(): Promise<tls.TLSSocket> {
  const { port } = listener.server.address;
  const client = { ...(await readClientFiles(files)), host: 'localhost', port, ALPNProtocols: ['http/1.1'] };
  const socket = tls.connect(client);
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

async function health(): Promise<number> {
  const client = await connectDevice(listener.url, files, 'HTTP/1.1');
  const { status } = await client.request('/health');
  client.close();
  return status;
}

async function curl(): Promise<string> {
  const { cert, key, ca } = files;
  const args = ['-sS', '--fail', '--cacert', ca, '--cert', cert, '--key', key, `${listener.url}/health`];
  return (await mustRun('curl', args)).stdout;
}

describe('connections that do not begin TLS', () => {
  const limits = { ...handshakeLimits, atOnce: 3, waiting: 4 };
  const counts = () => listener.server.counts();

  it('make others of their address wait, and end as soon as others wait for them', async () => {
    await start({ handshakeLimits: limits });
    const idle = [dial(), dial(), dial()];
    await eventually(() => counts().handshakes === 3);
    const answer = health();
    await eventually(() => counts().waitingConnections === 1);
    nowMs += 4_999;
    expect(counts()).toMatchObject({ handshakes: 3, waitingConnections: 1 });
    nowMs += 1;
    expect(await answer).toBe(200);
    await eventually(() => idle.every(({ destroyed }) => destroyed));
    await eventually(() => counts().handshakes === 0);
  });

  it('are refused when too many wait already, and counted; whoever comes again gets in', async () => {
    await start({ handshakeLimits: limits });
    for (let i = 0; i < 8; i += 1) dial();
    await eventually(() => counts().refusals.get('too-many-handshakes') === 1);
    expect(listener.lines.filter(({ message }) => message === 'connection refused')).toMatchObject([
      { level: 'info', facts: { cause: 'too-many-handshakes', address: '127.0.0.1' } },
    ]);
    for (const socket of sockets.splice(0)) socket.destroy();
    await eventually(async () => {
      nowMs += 1_000;
      return (await health().catch(() => 0)) === 200;
    });
  });

  it('do not count behind a proxy that is trusted', async () => {
    await start({ handshakeLimits: limits, trustedProxies: ['127.0.0.0/8'] });
    for (let i = 0; i < 20; i += 1) dial();
    expect(await health()).toBe(200);
    expect(await curl()).toContain('"ok"');
    expect(counts()).toMatchObject({ handshakes: 0, waitingConnections: 0, refusedConnections: 0 });
  });

  it('do not keep the server from stopping', async () => {
    await start({ handshakeLimits: limits });
    for (let i = 0; i < 6; i += 1) dial();
    await eventually(() => counts().waitingConnections === 3);
    await listener.server.close(0);
    await eventually(() => sockets.every(({ destroyed }) => destroyed));
  });
});

describe('five hundred devices that come back at once behind one address', () => {
  it('all get in, each at its first try, and so does one that uses curl alone', async () => {
    const seen = new Set<string>();
    let next = 0;
    // As many certificates would take longer to make than all of this: each connection is another device.
    const identify: AdmissionRules['identify'] = ({ x509 }) => {
      const found = deviceIdentity(x509);
      next += 1;
      const identity = (it: DeviceIdentity) => ({ ...it, id: `dev-${next}` });
      return found.ok ? { ok: true, identity: identity(found.identity), expiresAtMs: Infinity } : found;
    };
    await start({ identify, monotonicMs: () => performance.now() });
    const crowd = Array.from({ length: 500 }, async () => {
      const socket = await connectTls();
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      if (answer.toString().startsWith('HTTP/1.1 200')) seen.add(String(socket.localPort));
    });
    const [alone] = await Promise.all([curl(), ...crowd]);
    expect(seen.size).toBe(500);
    expect(alone).toContain('"ok"');
    expect(listener.server.counts().refusedConnections).toBe(0);
  }); // both ends of all handshakes run in this process
});

describe('a device with as many connections as it may have', () => {
  const connectionLimits = { perDevice: 3, stuckAfterMs: 30_000 };
  const counts = () => listener.server.counts();
  /** A request that does not come to its end. */
  const hang = async () => {
    const socket = await connectTls();
    socket.write('POST /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
    return socket;
  };

  it.each(['HTTP/1.1', 'HTTP/2'] as const)(
    'loses the one that was idle for longest for a new one (%s)',
    async (protocol) => {
      await start({ connectionLimits });
      const clients = [];
      for (let i = 0; i < 3; i += 1) {
        clients.push(await connectDevice(listener.url, files, protocol));
        expect((await clients[i]?.request('/health'))?.status).toBe(200);
        nowMs += 1_000;
      }
      const [first, second, third] = clients;
      await first?.request('/health'); // the second is now the one that was idle for longest
      expect(await health()).toBe(200);
      expect(counts().replacedConnections).toBe(1);
      expect((await first?.request('/health'))?.status).toBe(200);
      expect((await third?.request('/health'))?.status).toBe(200);
      if (protocol === 'HTTP/2') await expect(second?.request('/health')).rejects.toThrow();
    },
  );

  it('is refused another one while all are in use, and gets in when they hang, as after a power cut', async () => {
    await start({ connectionLimits });
    await Promise.all([hang(), hang(), hang()]);
    await eventually(() => counts().openRequests === 3);
    nowMs += 29_999;
    await expect(health()).rejects.toThrow();
    expect(counts().refusals.get('too-many-connections')).toBe(1);
    nowMs += 1;
    expect(await health()).toBe(200);
    expect(counts()).toMatchObject({ replacedConnections: 1, connections: 3 });
  });

  it('keeps another device from nothing', async () => {
    await start({ connectionLimits });
    await Promise.all([hang(), hang(), hang()]);
    await eventually(() => counts().openRequests === 3);
    files = await listener.device('board-2');
    expect(await health()).toBe(200);
    expect(counts().replacedConnections).toBe(0);
  });
});

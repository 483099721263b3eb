import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { startDeviceListener, type DeviceListener } from '../../support/device-listener';

let listener: DeviceListener;
const asked: string[] = [];

beforeAll(async () => {
  listener = await startDeviceListener({ change: { noteName: (name) => asked.push(name) } });
});
beforeEach(() => void asked.splice(0));

async function shake(options: { servername?: string; withCertificate?: boolean }): Promise<void> {
  const { port } = listener.server.address;
  const files = await listener.device(`d${Math.round(performance.now() * 1000)}`);
  const own =
    options.withCertificate === false
      ? {}
      : { cert: await readFile(files.cert), key: await readFile(files.key) };
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: await readFile(files.ca),
    ...own,
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    checkServerIdentity: () => undefined,
    ALPNProtocols: ['http/1.1'],
  });
  socket.on('error', () => undefined);
  socket.once('secureConnect', () =>
    socket.end('GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  );
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
}

describe('what a device calls the server', () => {
  it('is the name in its handshake', async () => {
    await shake({ servername: 'updates.example.com' });
    expect(asked).toEqual(['updates.example.com']);
  });

  it('is the address that it came in on where it names none', async () => {
    await shake({});
    expect(asked).toEqual(['127.0.0.1']);
  });

  it('is not asked of a stranger without a certificate', async () => {
    await shake({ servername: 'junk.example.com', withCertificate: false });
    expect(asked).toEqual([]);
  });
});

import net from 'node:net';
import tls from 'node:tls';
import { type HawkbitListener, startHawkbitListener, targetToken } from '../../../support/hawkbit-listener';

let listener: HawkbitListener;
afterEach(() => listener.close());

const base = '/DEFAULT/controller/v1/dev-1';

describe('tokens that cannot be read', () => {
  it('are written into the log once a second, however many ask', async () => {
    const lines: string[] = [];
    const quiet = () => undefined;
    const error = (_: object, message: string) => void lines.push(message);
    listener = await startHawkbitListener({
      change: {
        deviceTokens: { check: () => Promise.reject(new Error('no key')) },
        log: { debug: quiet, info: quiet, warn: quiet, error },
      },
    });
    for (let request = 0; request < 3; request += 1)
      expect((await listener.ask(base, targetToken('any-token-at-all'))).status).toBe(503);
    expect(lines).toEqual(['cannot read the tokens of devices']);
  });
});

describe('strangers', () => {
  const connect = (servername?: string) =>
    new Promise<net.Socket>((resolve, reject) => {
      const { port } = listener.server.address;
      const socket =
        servername === undefined
          ? net.connect(port, '127.0.0.1', () => resolve(socket))
          : tls.connect({ port, servername, rejectUnauthorized: false }, () => resolve(socket));
      socket.on('error', reject);
    });

  it('who never ask do not keep the server from stopping', async () => {
    listener = await startHawkbitListener({ isPlain: true });
    const sockets = [await connect(), await connect()];
    sockets[1]?.write(`GET ${base} HTTP/1.1\r\n`);
    await listener.server.close(3_600_000);
  });

  it('that a proxy opened in advance do not either', async () => {
    listener = await startHawkbitListener({ change: { trustedProxies: ['127.0.0.1'] } });
    await connect('localhost');
    await listener.server.close(3_600_000);
  });

  it('decide nothing about the names in the server certificate, and devices do', async () => {
    const names: string[] = [];
    listener = await startHawkbitListener({ change: { noteName: (name) => names.push(name) } });
    const token = await listener.enrol('dev-1');
    (await connect('made-up.example.com')).destroy();
    expect((await listener.ask(base, targetToken('wrong-token-of-it'))).status).toBe(401);
    expect(names).toEqual([]);
    expect((await listener.ask(base, targetToken(token))).status).toBe(200);
    expect(names).toEqual(['localhost']);
  });

  it('behind one address may be as many as in their handshake', async () => {
    listener = await startHawkbitListener();
    const { authorization } = targetToken(await listener.enrol('dev-1'));
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connect('localhost')));
    const answers = sockets.map(
      (socket) =>
        new Promise<string>((resolve) => {
          socket.on('data', (piece) => resolve(piece.toString()));
          socket.on('close', () => resolve('closed'));
          if (socket.closed) resolve('closed');
          socket.write(`GET ${base} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`);
        }),
    );
    const kinds = (await Promise.all(answers)).map((answer) => answer.slice(0, 12));
    expect(new Set(kinds)).toEqual(new Set(['HTTP/1.1 200']));
    for (const socket of sockets) socket.destroy();
  });

  it('leave nothing behind of an id that is none', async () => {
    const check = jest.fn(() => Promise.resolve(false));
    listener = await startHawkbitListener({ change: { deviceTokens: { check } } });
    const target = `/DEFAULT/controller/v1/${'x'.repeat(8_000)}`;
    expect((await listener.ask(target, targetToken('any-token-at-all'))).status).toBe(401);
    expect(check).not.toHaveBeenCalled();
  });
});

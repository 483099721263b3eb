import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { sayAny } from '../../../src/core/circumstances/sentences';
import { type JournalEvent, noSubject } from '../../../src/core/event';
import { createRefuseReceiver } from '../../../src/http/outbound/guarded-lookup';
import { createDeliverEvent, type DeliveryOptions } from '../../../src/http/outbound/deliver-event';

const event: JournalEvent = {
  id: 1,
  at: new Date(0),
  kind: 'device.held',
  actor: { name: 'local', address: null },
  reason: null,
  message: '',
  subject: noSubject,
  before: null,
  after: null,
  repeats: null,
};

describe('a receiver', () => {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);

  beforeAll(() => process.on('uncaughtException', note));
  afterAll(() => process.removeListener('uncaughtException', note));
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    expect(uncaught.splice(0)).toEqual([]);
  });

  async function deliverTo(
    behave: (socket: Socket) => void,
    more: Partial<DeliveryOptions> = {},
  ): Promise<string | null> {
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
      socket.once('data', () => behave(socket));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const deliver = createDeliverEvent({
      allowLocal: true,
      version: '1',
      now: () => new Date(0),
      timeoutMs: 300,
      ...more,
    });
    return sayAny(
      await deliver({ name: 'ops', url: `http://127.0.0.1:${port}/` }, 'secret', { id: '1', event }),
    );
  }

  const answer = (head: string) => (socket: Socket) => void socket.end(`HTTP/1.1 ${head}\r\n\r\n`);

  it.each<[string, (socket: Socket) => void, RegExp]>([
    [
      'switches protocols',
      answer('101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade'),
      /HTTP 101/,
    ],
    ['switches protocols and names none', answer('101 Switching Protocols'), /./],
    ['redirects', answer('302 Found\r\nLocation: http://127.0.0.1:9/'), /HTTP 302/],
    ['hangs', () => undefined, /no answer within 0\.3 s/],
    ['resets the connection', (socket) => void socket.resetAndDestroy(), /reset|hang up/i],
    ['closes without a word', (socket) => void socket.end(), /hang up|closed/i],
    ['answers no HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH\r\n'), /./],
    [
      'stops inside of the headers',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nA: '),
      /no answer within/,
    ],
  ])('that %s is told as a failure', async (_what, behave, words) => {
    expect(await deliverTo(behave)).toMatch(words);
  });

  it.each([
    ['headers', 'HTTP/1.1 200 OK\r\n', 'X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'],
    ['early hints', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['continues', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('that sends %s without an end is told as a failure', async (_what, first, again) => {
    const failure = await deliverTo((socket) => {
      socket.write(first);
      const timer = setInterval(() => socket.write(again.repeat(50)), 1);
      socket.once('close', () => clearInterval(timer));
    });
    expect(failure).toMatch(/./);
  });

  it('that sends a body without an end has answered with its status', async () => {
    const endless = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('x'.repeat(1_000)), 1);
      socket.once('close', () => clearInterval(timer));
    };
    expect(await deliverTo(endless)).toBeNull();
    await Promise.all([...sockets].map((socket) => once(socket, 'close'))); // and is not read on
  });

  const named = async (resolve: NonNullable<DeliveryOptions['resolve']>, allowLocal: boolean) =>
    sayAny(
      await createDeliverEvent({ allowLocal, version: '1', now: () => new Date(0), resolve })(
        { name: 'ops', url: 'http://receiver.example/' },
        'secret',
        { id: '1', event },
      ),
    );

  it.each([true, false])(
    'whose name does not resolve is told as a failure (local allowed: %s)',
    async (allowLocal) => {
      const missing = Object.assign(new Error('getaddrinfo ENOTFOUND receiver.example'), {
        code: 'ENOTFOUND',
      });
      // As Node's own lookup does: an error, and no addresses.
      const failure = await named((_, callback) => {
        Reflect.apply(callback, undefined, [missing]);
      }, allowLocal);
      expect(failure).toContain('ENOTFOUND');
    },
  );

  it.each([true, false])(
    'whose name has no address is told as a failure (local allowed: %s)',
    async (allowLocal) => {
      expect(await named((_, callback) => callback(null, []), allowLocal)).toMatch(/no address|may not call/);
    },
  );

  it('of a look-up that throws is told as a failure', async () => {
    const failure = await named(() => {
      throw new Error('the resolver is broken');
    }, true);
    expect(failure).toContain('the resolver is broken');
  });
});

describe('a URL that somebody wants to keep', () => {
  const refuse = async (url: string, allowLocal: boolean, addresses: readonly string[] | null = null) =>
    sayAny(
      await createRefuseReceiver({
        allowLocal,
        resolve: (_, callback) => {
          if (addresses === null) Reflect.apply(callback, undefined, [new Error('ENOTFOUND')]);
          else
            callback(
              null,
              addresses.map((address) => ({ address, family: 4 })),
            );
        },
      })(url),
    );

  it.each([
    ['http://127.0.0.1/', null],
    ['http://[::1]/', null],
    ['http://localhost/', ['127.0.0.1']],
    ['http://metadata.example/', ['169.254.169.254', '127.0.0.2']],
  ])('is refused when it leads to this machine (%s)', async (url, addresses) => {
    expect(await refuse(url, false, addresses)).toMatch(/may not call/);
    expect(await refuse(url, true, addresses)).toBeNull();
  });

  it.each([
    ['http://8.8.8.8/', null],
    ['http://receiver.example/', ['192.0.2.1', '127.0.0.1']], // each call takes what it may
    ['http://down.example/', null],
  ])('is kept when it may lead elsewhere (%s)', async (url, addresses) => {
    expect(await refuse(url, false, addresses)).toBeNull();
  });

  it('is kept after a while when the resolver hangs', async () => {
    jest.useFakeTimers();
    const waiting = createRefuseReceiver({ allowLocal: false, resolve: () => undefined })(
      'http://slow.example/',
    );
    jest.advanceTimersByTime(10_000);
    expect(await waiting).toBeNull();
    jest.useRealTimers();
  });
});

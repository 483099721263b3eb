import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import net from 'node:net';
import { type AdminServer, startAdminServer } from '../../../src/http/admin/server';
import { eventually } from '../../support/eventually';
import { run } from '../../support/programs';

describe('the connections of one address to the admin listener', () => {
  let server: AdminServer;
  const answers: (() => void)[] = [];
  const sockets: net.Socket[] = [];
  const start = async (options: { connectionsPerAddress?: number; trustedProxies?: string[] }) => {
    server = await startAdminServer(
      (request, response) => {
        if (request.url === '/hang') answers.push(() => response.end('late'));
        else response.end('ok');
      },
      { host: '127.0.0.1', port: 0, ...options },
    );
  };
  afterEach(async () => {
    for (const answer of answers.splice(0)) answer();
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close(0);
  });

  function dial(first = ''): { socket: net.Socket; text: () => string } {
    let text = '';
    const socket = net.connect(server.address.port, '127.0.0.1', () => socket.write(first));
    socket.on('data', (piece) => (text += piece.toString())).on('error', () => undefined);
    sockets.push(socket);
    return { socket, text: () => text };
  }
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const get = (path: string) =>
    new Promise<number>((resolve, reject) => {
      const { port } = server.address;
      const request = httpRequest({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });

  it('give the place of the one that was idle for longest to a new one', async () => {
    await start({ connectionsPerAddress: 2 });
    const first = dial(ask('/'));
    await eventually(() => first.text().includes('ok'));
    const second = dial();
    await eventually(() => server.counts().connections === 2);
    first.socket.write(ask('/'));
    await eventually(() => first.text().split('ok').length === 3);
    expect(await get('/')).toBe(200);
    await eventually(() => second.socket.destroyed);
    expect(first.socket.destroyed).toBe(false);
    expect(server.counts()).toMatchObject({ refused: 0, replaced: 1 });
  });

  it('are answered 429 when all are in use, such as event streams, which go on', async () => {
    await start({ connectionsPerAddress: 2 });
    const streams = [dial(ask('/hang')), dial(ask('/hang'))];
    await eventually(() => answers.length === 2);
    const refused = dial(ask('/'));
    await once(refused.socket, 'close');
    expect(refused.text()).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused.text()).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(server.counts().refused).toBe(1);
    answers.shift()?.();
    await eventually(() => streams.some(({ text }) => text().includes('late')));
    expect(await get('/')).toBe(200);
    expect(streams.filter(({ socket }) => !socket.destroyed)).toHaveLength(1);
  });

  it('are not counted behind a proxy that is trusted', async () => {
    await start({ connectionsPerAddress: 2, trustedProxies: ['127.0.0.1'] });
    for (let i = 0; i < 10; i += 1) dial(ask('/hang'));
    await eventually(() => answers.length === 10);
    expect(await get('/')).toBe(200);
    expect(server.counts()).toEqual({ connections: 0, refused: 0, replaced: 0 });
  });

  it('are enough for browsers with their streams and a script that starts a hundred curls', async () => {
    await start({});
    for (let i = 0; i < 60; i += 1) dial(ask('/hang'));
    await eventually(() => answers.length === 60);
    const url = `http://127.0.0.1:${server.address.port}/`;
    const { code, stdout } = await run('curl', [
      '-sS',
      '--fail',
      '--parallel',
      '--parallel-immediate',
      '--parallel-max',
      '100',
      '-w',
      '%{http_code}\\n',
      ...Array.from({ length: 100 }, () => ['-o', '/dev/null', url]).flat(),
    ]);
    expect(code).toBe(0);
    expect(stdout.match(/200/g)).toHaveLength(100);
    expect(server.counts()).toMatchObject({ refused: 0, replaced: 0 });
  });
});

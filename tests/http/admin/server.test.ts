import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAdminServer } from '../../../src/http/admin/server';

const loopback = { host: '127.0.0.1', port: 0 };

function ask(port: number, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, ...(agent === undefined ? {} : { agent }) }, resolve).once(
      'error',
      reject,
    );
  });
}

describe('the listener', () => {
  it('rejects with the reason of the system when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startAdminServer(() => undefined, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    other.close();
  });

  it('listens on IPv6 loopback', async () => {
    const server = await startAdminServer((_request, response) => response.end(), { host: '::1', port: 0 });
    expect(server.address).toMatchObject({ family: 'IPv6', address: '::1' });
    await server.close(0);
  });

  it('finishes what it began before it closes, and takes nothing new', async () => {
    let finish: () => void = () => undefined;
    const app: RequestListener = (_request, response) => {
      response.write('half');
      finish = () => response.end(' and half');
    };
    const server = await startAdminServer(app, loopback);
    const response = await ask(server.address.port);
    const closed = server.close(20_000);
    await expect(ask(server.address.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    finish();
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    expect(Buffer.concat(pieces).toString()).toBe('half and half');
    await closed;
  });

  it('cuts what is not done in time', async () => {
    const server = await startAdminServer((_request, response) => response.write('half'), loopback);
    const response = await ask(server.address.port);
    response.resume();
    const cut = once(response, 'error');
    await server.close(50);
    expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  it('does not wait for idle connections', async () => {
    const agent = new Agent({ keepAlive: true });
    const server = await startAdminServer((_request, response) => response.end(), loopback);
    (await ask(server.address.port, agent)).resume();
    await server.close(60_000);
    agent.destroy();
  });
});

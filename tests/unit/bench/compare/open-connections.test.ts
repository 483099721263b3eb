import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openConnections } from '../../../../bench/compare/open-connections';

it('counts the connections that the server has not closed, also those that the client does not read', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).write(Buffer.alloc(16 << 20));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(openConnections(port)).toBe(0);
  const clients: Socket[] = [];
  for (let i = 0; i < 3; i++) {
    const arrived = once(server, 'connection');
    clients.push(connect({ port, host: '127.0.0.1' }).pause());
    await arrived;
  }
  expect(openConnections(port)).toBe(3);
  sockets[0]?.destroy();
  await once(sockets[0] ?? server, 'close');
  expect(openConnections(port)).toBe(2);
  for (const client of clients) client.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('does not count a client on another address that has the same port', async () => {
  const [one, other] = [createServer(), createServer()];
  await once(one.listen(0, '127.0.0.1'), 'listening');
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const { port } = one.address() as AddressInfo;
  const client = connect({
    ...{ port: (other.address() as AddressInfo).port, host: '127.0.0.1' },
    ...{ localAddress: '127.0.0.2', localPort: port },
  });
  const [accepted] = (await once(other, 'connection')) as [Socket];
  expect(openConnections(port)).toBe(0);
  client.destroy();
  accepted.destroy();
  one.close();
  other.close();
});

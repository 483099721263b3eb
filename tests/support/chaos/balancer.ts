import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const balancers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterAll(() => {
  for (const { server, sockets } of balancers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

/** So many clients seem to have addresses of their own. */
const addresses = 200;

/**
 * A TCP balancer that sends each connection to any of the servers, also to one that hangs: it checks nothing.
 * @param ports of the present servers, on loopback
 * @returns its own port
 */
export async function startBalancer(ports: () => readonly number[]): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const all = ports();
    const port = all[Math.floor(Math.random() * all.length)];
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const localAddress = `127.0.1.${1 + Math.floor(Math.random() * addresses)}`;
    const onward = connect({ port, host: '127.0.0.1', localAddress });
    sockets.add(client).add(onward);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  balancers.push({ server, sockets });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

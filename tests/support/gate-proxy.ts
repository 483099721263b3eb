import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy before a server that can seem to be away. */
export interface GateProxy {
  readonly port: number;
  /** How many connections were cut or refused. */
  readonly refused: number;
  /** Cuts all connections, and each new one. */
  shut(): void;
  open(): void;
}

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterAll(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

export async function startGateProxy(targetPort: number): Promise<GateProxy> {
  const sockets = new Set<Socket>();
  let isShut = false;
  let refused = 0;
  const server = createServer((client) => {
    if (isShut) {
      refused += 1;
      client.resetAndDestroy();
      return;
    }
    const onward = connect(targetPort, '127.0.0.1');
    sockets.add(client).add(onward);
    client.pipe(onward).pipe(client);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  servers.push({ server, sockets });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get refused() {
      return refused;
    },
    shut() {
      isShut = true;
      refused += sockets.size / 2;
      for (const socket of sockets) socket.destroy();
    },
    open() {
      isShut = false;
    },
  };
}

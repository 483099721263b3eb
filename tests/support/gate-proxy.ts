import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** A TCP proxy before a server that can seem to be away. */
export interface GateProxy {
  readonly port: number;
  /** How many connections were cut or refused. */
  readonly refused: number;
  readonly isFrozen: boolean;
  /** Cuts all connections, and each new one. */
  shut(): void;
  /** Passes nothing on, and ends nothing: the server hangs. @param afterBytes once so much more was sent to it */
  freeze(afterBytes?: number): void;
  /** Changes a bit of each large piece that the server sends, which is content. */
  spoil(): void;
  /** How many pieces were changed. */
  readonly spoiled: number;
  open(): void;
}

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterAll(() => {
  for (const { server, sockets } of servers.splice(0)) {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
});

/** Headers, errors and lists are smaller. */
const leastContent = 8_192;

/** @param target a port of this machine, or the file of a socket */
export async function startGateProxy(target: number | string): Promise<GateProxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'shut' | 'frozen' | 'spoiling' = 'open';
  let bytesLeft = Infinity;
  let refused = 0;
  let spoiled = 0;
  const spoil = (piece: Buffer) => {
    if (state !== 'spoiling' || piece.length < leastContent) return;
    piece[piece.length - 1] = (piece.at(-1) ?? 0) ^ 1;
    spoiled += 1;
  };
  const count = (bytes: number) => {
    bytesLeft -= bytes;
    if (bytesLeft <= 0) state = 'frozen';
  };
  const server = createServer((client) => {
    if (state === 'shut') {
      refused += 1;
      client.resetAndDestroy();
      return;
    }
    const onward = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
    sockets.add(client).add(onward);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('data', (piece: Buffer) => {
        if (one === client) count(piece.length);
        else spoil(piece);
        if (state !== 'frozen') other.write(piece);
      });
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
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    get refused() {
      return refused;
    },
    get isFrozen() {
      return state === 'frozen';
    },
    shut() {
      state = 'shut';
      refused += sockets.size / 2;
      cut();
    },
    spoil() {
      state = 'spoiling';
    },
    get spoiled() {
      return spoiled;
    },
    freeze(afterBytes = 0) {
      bytesLeft = afterBytes;
      count(0);
    },
    open() {
      if (state === 'frozen') cut(); // what was sent meanwhile is lost
      bytesLeft = Infinity;
      state = 'open';
    },
  };
}

import type { Server, Socket } from 'node:net';
import type { Connections } from './connections';

/** Remembers every TCP connection, including those still in their TLS handshake. */
export function trackSockets(listener: Pick<Server, 'on'>): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Stops accepting connections, lets running requests finish, and ends the rest after a while. */
export function closeListener(
  listener: Pick<Server, 'close'>,
  connections: Pick<Connections, 'close'>,
  sockets: ReadonlySet<Socket>,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    listener.close(() => {
      clearTimeout(deadline);
      resolve();
    });
    connections.close();
  });
}

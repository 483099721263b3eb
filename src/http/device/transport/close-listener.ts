import type { Server, Socket } from 'node:net';
import type { Connections } from './connections';

/** Remembers every TCP connection, also one that is still in its TLS handshake. */
export function trackSockets(listener: Pick<Server, 'on'>): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/** Takes no new connections, lets what runs end, and ends it after a while. */
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

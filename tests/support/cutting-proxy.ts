import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to the server's answer to an upload: the connection is cut instead, or the proxy sends its own answer. */
export type LostBy = 'cut' | 502 | 503 | 504;

export interface CuttingProxy {
  readonly port: number;
  /** How many answers to uploads were lost. */
  readonly lost: number;
  close(): void;
}

const open = new Set<CuttingProxy>();

afterAll(() => {
  for (const proxy of open) proxy.close();
});

/** A TCP proxy that passes on everything but the answers to uploads: it waits for them, and then loses them. */
export async function startCuttingProxy(targetPort: number, lostBy: LostBy): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let lost = 0;
  const server: Server = createServer((client) => {
    const onward = connect(targetPort, '127.0.0.1');
    sockets.add(client).add(onward);
    let isUpload = false;
    client.on('data', (piece) => {
      isUpload ||= piece.toString('latin1', 0, 64).startsWith('POST /upload ');
      onward.write(piece);
    });
    onward.on('data', (piece) => {
      const isFinal = !piece.toString('latin1', 0, 16).startsWith('HTTP/1.1 100');
      if (!isUpload || !isFinal) {
        client.write(piece);
        return;
      }
      lost += 1;
      onward.removeAllListeners('data').resume();
      if (lostBy === 'cut') client.resetAndDestroy();
      else client.end(pageOf(lostBy));
    });
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy: CuttingProxy = {
    port: address.port,
    get lost() {
      return lost;
    },
    close() {
      open.delete(proxy);
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  open.add(proxy);
  return proxy;
}

function pageOf(status: number): string {
  const page = `<html><center><h1>${status}</h1></center><hr><center>cutter</center></html>`;
  return `HTTP/1.1 ${status} Sorry\r\nServer: cutter/1.0\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** When the connection is cut: before PostgreSQL hears of the commit, or once it has answered, of which the client hears nothing. */
export type CutAt = 'before' | 'after';

export interface CommitCutter {
  readonly port: number;
  /** Cuts the connection of the next commit. Resolves when that is done. */
  cutNext(at: CutAt): Promise<void>;
}

const servers: { close(): void }[] = [];

afterAll(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A proxy before PostgreSQL's socket that passes everything on, but can cut a connection at its COMMIT. */
export async function startCommitCutter(socketFile: string): Promise<CommitCutter> {
  const sockets = new Set<Socket>();
  let armed: { readonly at: CutAt; readonly cut: () => void } | undefined;
  const server = createServer((client) => {
    const onward = connect(socketFile);
    sockets.add(client).add(onward);
    let isCutting = false;
    const cut = (done: () => void) => {
      client.destroy();
      onward.destroy();
      done();
    };
    client.on('data', (piece: Buffer) => {
      if (armed !== undefined && piece.toString('latin1').endsWith('COMMIT\0')) {
        const { at, cut: done } = armed;
        armed = undefined;
        isCutting = true;
        if (at === 'before') {
          cut(done);
          return;
        }
        onward.once('data', () => cut(done));
      }
      onward.write(piece);
    });
    onward.on('data', (piece) => {
      if (!isCutting) client.write(piece);
    });
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
  servers.push({
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cutNext: (at) => new Promise((cut) => (armed = { at, cut })),
  };
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface HoldingRelay {
  readonly port: number;
  /** From now on, holds each connection on which the server has sent more than `bytes`. Resolves when it holds the first one. */
  hold(bytes: number): Promise<void>;
  /** Lets everything pass again. */
  release(): void;
  close(): void;
}

const open = new Set<HoldingRelay>();

afterAll(() => {
  for (const relay of open) relay.close();
});

/** A TCP relay that can hold downloads in the middle, while smaller answers on other connections pass. */
export async function startHoldingRelay(targetPort: number): Promise<HoldingRelay> {
  const sockets = new Set<Socket>();
  const held = new Set<Socket>();
  let limitBytes = Infinity;
  let noticeHeld = () => {};
  const server = createServer((client) => {
    const onward = connect(targetPort, '127.0.0.1');
    let sentBytes = 0;
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        held.delete(one);
        other.destroy();
      });
    }
    client.pipe(onward);
    client.on('drain', () => {
      if (!held.has(onward)) onward.resume();
    });
    onward.on('data', (piece: Buffer) => {
      sentBytes += piece.length;
      if (!client.write(piece)) onward.pause();
      if (sentBytes <= limitBytes) return;
      onward.pause();
      held.add(onward);
      noticeHeld();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const relay: HoldingRelay = {
    port: address.port,
    hold(bytes) {
      limitBytes = bytes;
      return new Promise((resolve) => (noticeHeld = resolve));
    },
    release() {
      limitBytes = Infinity;
      for (const socket of held) socket.resume();
      held.clear();
    },
    close() {
      open.delete(relay);
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  open.add(relay);
  return relay;
}

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { HandshakeGuard } from '../../../../../src/http/device/transport/handshake-guard';
import { handshakeLimits } from '../../../../../src/http/device/transport/handshake-queue';
import { PeerAddresses } from '../../../../../src/http/device/transport/peer-addresses';

it('counts two connections from one port to two addresses of the server as two', () => {
  const server = new EventEmitter();
  const begun: Socket[] = [];
  server.on('connection', (socket: Socket) => begun.push(socket));
  const guard = new HandshakeGuard(server as never, {
    limits: { ...handshakeLimits, atOnce: 2 },
    crowdedTimeoutMs: 5_000,
    isExempt: () => false,
    addresses: new PeerAddresses(),
    gate: { arrived: (_, enter) => enter(), close: () => undefined },
    monotonicMs: () => 0,
    onRefused: () => undefined,
  });
  const arrive = (localAddress: string) => {
    const ends = { remoteAddress: '192.0.2.7', remotePort: 50_000, localAddress };
    const socket = Object.assign(new EventEmitter(), ends, { destroyed: false, destroy: () => undefined });
    server.emit('connection', socket);
    return socket;
  };
  const sockets = [arrive('192.0.2.1'), arrive('192.0.2.2')];
  expect(guard.underWay()).toBe(2);
  for (const socket of sockets) socket.emit('close');
  expect(guard.underWay()).toBe(0);
  arrive('192.0.2.1');
  arrive('192.0.2.2');
  expect(begun).toHaveLength(4);
  guard.close();
});

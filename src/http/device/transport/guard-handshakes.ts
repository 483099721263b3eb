import type { Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { addressGroup } from '../../address-group';
import { plainAddress } from '../../client-address';
import { type HandshakeLimits, HandshakeQueue } from './handshake-queue';
import type { MonotonicClock } from '../../../ports/clock';

export interface HandshakeGuardOptions {
  readonly limits: HandshakeLimits;
  /** A handshake that others wait for ends after so long, in milliseconds, rather than after Node's own timeout. */
  readonly crowdedTimeoutMs: number;
  /** Whether an address stands for many clients that have nothing to do with each other: a proxy that is believed. */
  readonly isExempt: (address: string) => boolean;
  /** Milliseconds from a clock that nobody sets. */
  readonly monotonicMs: MonotonicClock;
  readonly onRefused: (address: string, reason: string) => void;
}

export interface HandshakeGuard {
  /** A TLS handshake came to its end; the socket is TLS's, or the one below. */
  over(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void;
  /** Connections that wait for their turn. */
  waiting(): number;
  /** Handshakes that are under way, of addresses that are counted. */
  underWay(): number;
  /** Nobody who waits is served any more. */
  close(): void;
}

interface Arrived {
  readonly socket: Socket;
  readonly group: string;
}

interface Begun extends Arrived {
  readonly atMs: number;
}

const tickMs = 25;

/**
 * Puts a queue between the TCP connection and TLS: no address takes more than its share before anybody has shown a certificate.
 * A connection that waits is not read, so that it holds next to nothing.
 * @throws Error when Node wires its listeners in another way: a bug
 */
export function guardHandshakes(server: Http2SecureServer, options: HandshakeGuardOptions): HandshakeGuard {
  const { limits, crowdedTimeoutMs, isExempt, monotonicMs, onRefused } = options;
  const [speakTls, ...others] = server.listeners('connection');
  if (speakTls === undefined || others.length > 0)
    throw new Error('this Node wires TLS servers in another way');
  /** Node makes the connection that TLS speaks on as this says: it must be read from now on. */
  const start = (socket: Socket) => {
    Object.assign(server, { pauseOnConnect: false });
    Reflect.apply(speakTls, server, [socket]);
    Object.assign(server, { pauseOnConnect: true });
  };
  const queue = new HandshakeQueue<Arrived>(limits);
  /** By {@link keyOf}, in the order in which they began. */
  const begun = new Map<string, Begun>();
  const held = new Set<Arrived>();
  let timer: NodeJS.Timeout | undefined;

  function begin({ socket, group }: Arrived): void {
    if (socket.destroyed) {
      queue.end(group);
      return;
    }
    const key = keyOf(socket);
    const one = { socket, group, atMs: monotonicMs() };
    begun.set(key, one);
    socket.once('close', () => {
      if (begun.get(key) === one) end(key); // another connection may have its port by now
    });
    start(socket);
  }

  function end(key: string): void {
    const one = begun.get(key);
    if (one === undefined) return;
    begun.delete(key);
    queue.end(one.group);
  }

  function refuse(socket: Socket, reason: string): void {
    onRefused(plainAddress(socket.remoteAddress) ?? '', reason);
    socket.destroy();
  }

  function tick(): void {
    const nowMs = monotonicMs();
    for (const { socket, group, atMs } of begun.values()) {
      if (nowMs - atMs < crowdedTimeoutMs) break;
      if (queue.isCrowded(group)) socket.destroy();
    }
    const due = queue.due(nowMs);
    for (const one of due.refuse) {
      held.delete(one);
      refuse(one.socket, 'it has waited too long for its TLS handshake');
    }
    for (const one of due.begin) {
      held.delete(one);
      begin(one);
    }
    if (queue.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  // What the network does to a connection that waits is no error of ours; TLS listens for itself later.
  const ignore = () => undefined;
  Object.assign(server, { pauseOnConnect: true });
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.on('error', ignore);
    const address = plainAddress(socket.remoteAddress);
    if (address === null) {
      socket.destroy(); // gone already
      return;
    }
    if (isExempt(address)) {
      start(socket);
      return;
    }
    const arrived = { socket, group: addressGroup(address) };
    const answer = queue.arrive(arrived.group, arrived, monotonicMs());
    timer ??= setInterval(tick, tickMs).unref();
    if (answer === 'begin') begin(arrived);
    else if (answer === 'wait') held.add(arrived);
    else refuse(socket, 'too many connections of its address wait for their TLS handshake');
  });
  return {
    over: (socket) => end(keyOf(socket)),
    waiting: () => queue.waiting,
    underWay: () => begun.size,
    close() {
      for (const { socket } of held) socket.destroy();
      clearInterval(timer);
    },
  };
}

/** TLS's socket and the one below know the same two. */
function keyOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}

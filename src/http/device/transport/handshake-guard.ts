import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import { addressGroup } from '../../address-group';
import { type HandshakeLimits, HandshakeQueue } from './handshake-queue';
import type { MonotonicClock } from '../../../ports/clock';
import { connectionKey, type Ends, type PeerAddresses } from './peer-addresses';
import type { ProxyGate } from './proxy-gate';

export interface HandshakeGuardOptions {
  readonly limits: HandshakeLimits;
  /** How long a handshake may take while others of its address wait, in milliseconds, instead of Node's own timeout. */
  readonly crowdedTimeoutMs: number;
  /** Whether an address stands for many unrelated clients: a trusted proxy. */
  readonly isExempt: (address: string) => boolean;
  readonly addresses: Pick<PeerAddresses, 'of' | 'isProxyItself'>;
  /** What a new connection passes first. */
  readonly gate: Pick<ProxyGate, 'arrived' | 'close'>;
  readonly monotonicMs: MonotonicClock;
  readonly onRefused: (address: string, reason: string) => void;
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
 * Puts a queue between the TCP connection and TLS, so that no address takes more than its share before showing a certificate. A waiting
 * connection is not read, so it holds next to nothing.
 */
export class HandshakeGuard {
  readonly #queue: HandshakeQueue<Arrived>;
  /** By {@link connectionKey}, in the order in which they began. */
  readonly #begun = new Map<string, Begun>();
  readonly #held = new Set<Arrived>();
  readonly #speakTls: (socket: Socket) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @throws Error if Node wires its listeners in another way: a bug */
  constructor(
    server: Pick<Server, 'listeners' | 'removeAllListeners' | 'on'>,
    private readonly options: HandshakeGuardOptions,
  ) {
    this.#queue = new HandshakeQueue(options.limits);
    this.#speakTls = takeOverTls(server);
    server.on('connection', (socket: Socket) => {
      // An error on a waiting connection is not ours; TLS adds its own listener later.
      socket.on('error', () => undefined);
      options.gate.arrived(socket, () => this.#arrived(socket));
    });
  }

  /** A TLS handshake ended. Takes the TLS socket or the one below. */
  over(socket: Ends): void {
    this.#end(connectionKey(socket));
  }

  /** Connections that wait for their turn. */
  waiting(): number {
    return this.#queue.waiting;
  }

  /** Running handshakes of addresses that are counted. */
  underWay(): number {
    return this.#begun.size;
  }

  /** Drops all waiting connections. */
  close(): void {
    this.options.gate.close();
    for (const { socket } of this.#held) socket.destroy();
    clearInterval(this.#timer);
  }

  #arrived(socket: Socket): void {
    const { addresses, isExempt } = this.options;
    const address = addresses.of(socket);
    if (address === null) {
      socket.destroy(); // already gone
      return;
    }
    if (addresses.isProxyItself(socket) || isExempt(address)) {
      this.#speakTls(socket);
      return;
    }
    const arrived = { socket, group: addressGroup(address) };
    const answer = this.#queue.arrive(arrived.group, arrived, this.options.monotonicMs());
    this.#timer ??= setInterval(() => this.#tick(), tickMs).unref();
    if (answer === 'begin') this.#begin(arrived);
    else if (answer === 'wait') this.#held.add(arrived);
    else this.#refuse(socket, 'too many connections from its address are waiting for their TLS handshake');
  }

  #begin({ socket, group }: Arrived): void {
    if (socket.destroyed) {
      this.#queue.end(group);
      return;
    }
    const key = connectionKey(socket);
    const one = { socket, group, atMs: this.options.monotonicMs() };
    this.#begun.set(key, one);
    socket.once('close', () => {
      if (this.#begun.get(key) === one) this.#end(key); // another connection may have reused its port
    });
    this.#speakTls(socket);
  }

  #end(key: string): void {
    const one = this.#begun.get(key);
    if (one === undefined) return;
    this.#begun.delete(key);
    this.#queue.end(one.group);
  }

  #refuse(socket: Socket, reason: string): void {
    this.options.onRefused(this.options.addresses.of(socket) ?? '', reason);
    socket.destroy();
  }

  #tick(): void {
    const { crowdedTimeoutMs, monotonicMs } = this.options;
    const nowMs = monotonicMs();
    for (const { socket, group, atMs } of this.#begun.values()) {
      if (nowMs - atMs < crowdedTimeoutMs) break;
      if (this.#queue.isCrowded(group)) socket.destroy();
    }
    const due = this.#queue.due(nowMs);
    for (const one of due.refuse) {
      this.#held.delete(one);
      this.#refuse(one.socket, 'it has waited too long for its TLS handshake');
    }
    for (const one of due.begin) {
      this.#held.delete(one);
      this.#begin(one);
    }
    if (this.#queue.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/**
 * Takes new connections away from the server.
 * @returns a function that begins TLS on one
 * @throws Error if Node wires its listeners in another way: a bug
 */
function takeOverTls(
  server: Pick<Server, 'listeners' | 'removeAllListeners' | 'on'>,
): (socket: Socket) => void {
  const [speakTls, ...others] = server.listeners('connection');
  if (speakTls === undefined || others.length > 0)
    throw new Error('this Node wires TLS servers in another way');
  Object.assign(server, { pauseOnConnect: true });
  server.removeAllListeners('connection');
  return (socket) => {
    // Node creates the connection below TLS with this setting; it must be read from now on.
    Object.assign(server, { pauseOnConnect: false });
    Reflect.apply(speakTls, server, [socket]);
    Object.assign(server, { pauseOnConnect: true });
  };
}

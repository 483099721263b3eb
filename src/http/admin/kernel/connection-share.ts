import type { Server, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../../address-group';
import { plainAddress } from '../../client-address';
import { leastMissed } from '../../least-missed';
import type { MonotonicClock } from '../../../ports/clock';

export interface ConnectionShareOptions {
  /** Connections per address. A browser opens six plus its event streams; scripts open as many as they like. */
  readonly perAddress: number;
  /** Whether an address stands for many clients: a trusted proxy. */
  readonly isExempt: (address: string) => boolean;
  readonly monotonicMs: MonotonicClock;
}

export interface ConnectionCounts {
  readonly connections: number;
  /** Since the start: connections that were refused, and idle ones that were closed to make room. */
  readonly refused: number;
  readonly replaced: number;
}

interface Open {
  readonly socket: Socket;
  openRequests: number;
  movedAtMs: number;
}

const refusal =
  'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Limits the connections of each address. A new one beyond the limit replaces the one that was idle for longest, and
 * is answered 429 when all are in use.
 */
export class ConnectionShare {
  readonly #open = new Map<Socket, Open>();
  readonly #byAddress = new Map<string, Set<Open>>();
  #refused = 0;
  #replaced = 0;

  constructor(private readonly options: ConnectionShareOptions) {}

  /**
   * Counts and limits the server's connections from now on.
   * @throws Error when Node wires its listeners differently: a bug
   */
  guard(server: Server): void {
    const [speakHttp, ...others] = server.listeners('connection');
    if (speakHttp === undefined || others.length > 0)
      throw new Error('this Node wires HTTP servers in another way');
    const follow = ({ socket }: IncomingMessage, response: ServerResponse) => this.#follow(socket, response);
    server.prependListener('request', follow);
    server.prependListener('checkContinue', follow);
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (this.#takes(socket)) Reflect.apply(speakHttp, server, [socket]);
    });
  }

  counts(): ConnectionCounts {
    return { connections: this.#open.size, refused: this.#refused, replaced: this.#replaced };
  }

  /** @returns false when it was refused */
  #takes(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress);
    if (address === null || this.options.isExempt(address)) return true;
    const group = addressGroup(address);
    const own = this.#byAddress.get(group) ?? new Set();
    if (this.#hasRoom(own)) {
      this.#keep(socket, group, own);
      return true;
    }
    this.#refused += 1;
    socket.on('error', () => undefined); // a client that leaves is not an error of ours
    socket.end(refusal);
    socket.destroySoon();
    return false;
  }

  #hasRoom(own: Set<Open>): boolean {
    if (own.size < this.options.perAddress) return true;
    const oldest = leastMissed(own, -Infinity);
    if (oldest === undefined) return false;
    this.#replaced += 1;
    own.delete(oldest);
    oldest.socket.destroy();
    return true;
  }

  #keep(socket: Socket, group: string, own: Set<Open>): void {
    const one: Open = { socket, openRequests: 0, movedAtMs: this.options.monotonicMs() };
    this.#byAddress.set(group, own.add(one));
    this.#open.set(socket, one);
    socket.once('close', () => {
      this.#open.delete(socket);
      own.delete(one);
      if (own.size === 0 && this.#byAddress.get(group) === own) this.#byAddress.delete(group);
    });
  }

  #follow(socket: Socket, response: ServerResponse): void {
    const one = this.#open.get(socket);
    if (one === undefined) return;
    one.openRequests += 1;
    response.once('close', () => {
      one.openRequests -= 1;
      one.movedAtMs = this.options.monotonicMs();
    });
  }
}

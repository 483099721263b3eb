import type { Server, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressGroup } from '../../address-group';
import { plainAddress } from '../../client-address';
import { leastMissed } from '../../least-missed';

export interface ConnectionShareOptions {
  /** Connections of one address. A browser has six and its event streams; scripts have what they start. */
  readonly perAddress: number;
  /** Whether an address stands for many clients: a proxy that is believed. */
  readonly isExempt: (address: string) => boolean;
  readonly monotonicMs: () => number;
}

export interface ConnectionCounts {
  readonly connections: number;
  /** Since the start: those that were refused, and those that were idle and made room for a new one. */
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
 * Gives one address a share of the connections. A new one beyond it takes the place of the one that was idle for longest, and is
 * answered 429 when all are in use.
 * @returns reads the counts
 * @throws Error when Node wires its listeners in another way: a bug
 */
export function shareConnections(
  server: Server,
  { perAddress, isExempt, monotonicMs }: ConnectionShareOptions,
): () => ConnectionCounts {
  const [speakHttp, ...others] = server.listeners('connection');
  if (speakHttp === undefined || others.length > 0)
    throw new Error('this Node wires HTTP servers in another way');
  const open = new Map<Socket, Open>();
  const byAddress = new Map<string, Set<Open>>();
  let refused = 0;
  let replaced = 0;

  function hasRoom(own: Set<Open>): boolean {
    if (own.size < perAddress) return true;
    const oldest = leastMissed(own, -Infinity);
    if (oldest === undefined) return false;
    replaced += 1;
    own.delete(oldest);
    oldest.socket.destroy();
    return true;
  }

  function keep(socket: Socket, group: string, own: Set<Open>): void {
    const one: Open = { socket, openRequests: 0, movedAtMs: monotonicMs() };
    byAddress.set(group, own.add(one));
    open.set(socket, one);
    socket.once('close', () => {
      open.delete(socket);
      own.delete(one);
      if (own.size === 0 && byAddress.get(group) === own) byAddress.delete(group);
    });
  }

  const follow = ({ socket }: IncomingMessage, response: ServerResponse) => {
    const one = open.get(socket);
    if (one === undefined) return;
    one.openRequests += 1;
    response.once('close', () => {
      one.openRequests -= 1;
      one.movedAtMs = monotonicMs();
    });
  };
  server.prependListener('request', follow);
  server.prependListener('checkContinue', follow);
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const address = plainAddress(socket.remoteAddress);
    if (address !== null && !isExempt(address)) {
      const group = addressGroup(address);
      const own = byAddress.get(group) ?? new Set();
      if (!hasRoom(own)) {
        refused += 1;
        socket.on('error', () => undefined); // who goes away is no error of ours
        socket.end(refusal);
        socket.destroySoon();
        return;
      }
      keep(socket, group, own);
    }
    Reflect.apply(speakHttp, server, [socket]);
  });
  return () => ({ connections: open.size, refused, replaced });
}

import type { Socket } from 'node:net';
import type { MonotonicClock } from '../../../ports/clock';
import type { Connection } from './connections';

/** How often connections with a request are checked for a peer that is gone, and after how long without movement, in milliseconds. */
export const goneLookMs = 5_000;

/** A private member of Node's socket. The public `remoteAddress` caches its first answer. */
interface WithHandle {
  readonly _handle?: { getpeername?(into: object): number } | null;
}

/**
 * Whether the kernel has closed a connection, although Node still counts it as open.
 *
 * Node may stop reading an HTTP/2 connection while a write waits. If the peer resets the connection then, the write fails; HTTP/2 takes
 * that as done and writes again, but TLS starts no write after a failed one. Nothing reads or writes any more, so nothing notices the end.
 * The same should happen when the kernel gives up on a device that lost power.
 */
export function isGone(socket: Socket): boolean {
  const { _handle: handle } = socket as WithHandle;
  return handle?.getpeername !== undefined && handle.getpeername({}) !== 0;
}

/** Ends a connection whose device is gone in the middle of a request. One that moves data notices it by itself. */
export function endIfGone(
  { socket, openRequests, movedAtMs }: Pick<Connection, 'socket' | 'openRequests' | 'movedAtMs'>,
  monotonicMs: MonotonicClock,
): void {
  if (openRequests === 0 || monotonicMs() - movedAtMs < goneLookMs) return;
  if (isGone(socket)) socket.destroy();
}

import { type Connection, endConnection } from './connections';

export interface StillRules {
  /** After so long without data a connection is looked at, in milliseconds. */
  readonly quietMs: number;
  readonly monotonicMs: () => number;
  /** The device does not read what it asked for. */
  readonly onStuck: (connection: Connection) => void;
}

/** As patient as the rule of idle-connections.ts. */
const maxQuietTimes = 6;

/**
 * Decides about connections that move no data, whatever else comes on them: for Node's own timers a PING is life enough.
 * Call it for each connection now and then.
 *
 * A device that is slow, and one that keeps its HTTP/2 windows shut, look the same from here. A ping of ours goes the way of
 * all data, so it tells: when it is answered, what was sent before it has arrived, and the device wants no more.
 */
export function createStillRule({ quietMs, monotonicMs, onStuck }: StillRules) {
  return function look(connection: Connection): void {
    const { socket, session, openRequests, movedAtMs, memory } = connection;
    const stillMs = monotonicMs() - movedAtMs;
    if (stillMs < quietMs) return;
    if (openRequests === 0) {
      if (connection.isEnding) socket.destroy();
      else endConnection(connection);
    } else if (stillMs >= maxQuietTimes * quietMs) onStuck(connection);
    else if (session !== null && !session.destroyed && memory.isWaiting)
      session.ping((error: Error | null) => {
        if (error === null && connection.movedAtMs === movedAtMs && memory.isWaiting) onStuck(connection);
      });
  };
}

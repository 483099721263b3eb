import { type Connection, endConnection } from './connections';
import { patientQuietTimes } from './idle-connections';
import type { MonotonicClock } from '../../../ports/clock';

export interface StillRules {
  /** After so long without data a connection is looked at, in milliseconds. */
  readonly quietMs: number;
  readonly monotonicMs: MonotonicClock;
  /** The device does not read what it asked for. */
  readonly onStuck: (connection: Connection) => void;
}

/** Looks that find nothing new: a process that was stopped for a while has not heard yet what came meanwhile. */
const minLooks = 5;

/**
 * Decides about connections that move no data, whatever else comes on them: for Node's own timers a PING is life enough.
 *
 * A device that is slow, and one that keeps its HTTP/2 windows shut, look the same from here. A ping of ours goes the way of
 * all data, so it tells: when it is answered, what was sent before it has arrived, and the device wants no more.
 */
export class StillConnections {
  readonly #seen = new WeakMap<Connection, { readonly movedAtMs: number; readonly looks: number }>();

  constructor(private readonly rules: StillRules) {}

  /** Call it for each connection several times in a quiet time. */
  look(connection: Connection): void {
    const { socket, session, openRequests, movedAtMs, isEnding, memory } = connection;
    const { quietMs, monotonicMs, onStuck } = this.rules;
    const before = this.#seen.get(connection);
    const looks = before?.movedAtMs === movedAtMs ? before.looks + 1 : 1;
    this.#seen.set(connection, { movedAtMs, looks });
    const stillMs = monotonicMs() - movedAtMs;
    if (stillMs < quietMs || looks < minLooks) return;
    if (openRequests === 0) {
      if (isEnding) socket.destroy();
      else endConnection(connection);
    } else if (stillMs >= patientQuietTimes * quietMs) {
      if (isEnding) socket.destroy();
      else onStuck(connection);
    } else if (session !== null && !session.destroyed && !isEnding && memory.isWaiting)
      session.ping((error: Error | null) => {
        if (error === null && !connection.isEnding && connection.movedAtMs === movedAtMs) onStuck(connection);
      });
  }
}

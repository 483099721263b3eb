import { type Connection, endConnection } from './connections';
import { patientQuietTimes } from './idle-connections';
import type { MonotonicClock } from '../../../ports/clock';

export interface StillRules {
  /** After how long without data a connection is checked, in milliseconds. */
  readonly quietMs: number;
  readonly monotonicMs: MonotonicClock;
  /** The device does not read what it requested. */
  readonly onStuck: (connection: Connection) => void;
}

/** Checks without progress before a decision: a process that was suspended has not yet seen what arrived meanwhile. */
const minLooks = 5;

/**
 * Decides about connections that move no data, whatever else arrives on them: a PING is enough to satisfy Node's own timers.
 *
 * A slow device and one that keeps its HTTP/2 windows shut look the same from here. A ping of ours travels behind all earlier data, so it
 * tells them apart: once it is answered, everything sent before has arrived, and the device does not want more.
 */
export class StillConnections {
  readonly #seen = new WeakMap<Connection, { readonly movedAtMs: number; readonly looks: number }>();

  constructor(private readonly rules: StillRules) {}

  /** Call it for each connection several times per quiet period. */
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

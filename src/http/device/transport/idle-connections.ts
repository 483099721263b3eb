import { type Connection, endConnection } from './connections';
import type { Clock } from '../../../ports/clock';

/** After this many quiet periods in a row, a connection with a request is stuck. */
export const patientQuietTimes = 6;
/** A little more than timers may be late. */
const lateMs = 10_000;

/**
 * Decides about connections without traffic. Those without a request end. Those with one may be slow rather than stuck: a device makes room
 * in the kernel's buffers in steps of megabytes, so only several quiet periods in a row count as stuck.
 */
export class IdleConnections {
  readonly #quiet = new WeakMap<Connection, { readonly times: number; readonly atMs: number }>();

  /** @param quietMs the quiet period, in milliseconds; the timer is set again for each */
  constructor(
    private readonly now: Clock,
    private readonly quietMs: number,
    private readonly maxQuietTimes = patientQuietTimes,
  ) {}

  onQuiet(connection: Connection): void {
    const { socket, session } = connection;
    if (connection.openRequests === 0) {
      endConnection(connection);
      return;
    }
    const { quietMs } = this;
    const atMs = this.now().getTime();
    const before = this.#quiet.get(connection);
    const isInARow = before !== undefined && Math.abs(atMs - before.atMs) < quietMs + lateMs;
    const times = isInARow ? before.times + 1 : 1;
    if (times >= this.maxQuietTimes) {
      socket.destroy();
      return;
    }
    this.#quiet.set(connection, { times, atMs });
    if (session === null) socket.setTimeout(quietMs);
    else session.setTimeout(quietMs, () => this.onQuiet(connection)); // Node forgets the callback each time
  }
}

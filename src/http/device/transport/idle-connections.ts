import { type Connection, endConnection } from './connections';
import type { Clock } from '../../../ports/clock';

/** After so many quiet times in a row a connection with a request is stuck. */
export const patientQuietTimes = 6;
/** A little more than timers are late. */
const lateMs = 10_000;

/**
 * Decides about connections on which nothing moved for a while. Without a request they end. With one they may be slow
 * rather than stuck: a device makes room in the kernel's buffers megabytes at once, so only several quiet times in a
 * row mean that it is stuck.
 */
export class IdleConnections {
  readonly #quiet = new WeakMap<Connection, { readonly times: number; readonly atMs: number }>();

  /** @param quietMs after how long without a byte it is asked; it arms the next time itself */
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
    else session.setTimeout(quietMs, () => this.onQuiet(connection)); // Node forgets the callback after each time
  }
}

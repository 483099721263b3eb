import type { Clock, MonotonicClock } from '../../../ports/clock';
import type { Connection, Connections } from './connections';
import { IdleConnections } from './idle-connections';
import { StillConnections } from './still-connections';

export interface WatchPorts {
  readonly connections: Pick<Connections, 'each'>;
  /** After how long without a byte a connection is looked at, in milliseconds. */
  readonly quietTimeoutMs: number;
  /** The device does not read what it asked for. */
  readonly onStuck: (connection: Connection) => void;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

/** How often connections are looked at that may move no data. */
const looksPerQuietTime = 5;

/** Ends connections on which nothing moves any more. @returns what hears of one on which no byte came for a quiet time, and what ends the watch */
export function watchConnections({
  connections,
  quietTimeoutMs: quietMs,
  onStuck,
  now,
  monotonicMs,
}: WatchPorts): { readonly onQuiet: (connection: Connection) => void; readonly stop: () => void } {
  const idle = new IdleConnections(now, quietMs);
  const still = new StillConnections({ quietMs, monotonicMs, onStuck });
  const lookAtAll = () => connections.each((connection) => still.look(connection));
  const looking = setInterval(lookAtAll, quietMs / looksPerQuietTime).unref();
  return { onQuiet: (connection) => idle.onQuiet(connection), stop: () => clearInterval(looking) };
}

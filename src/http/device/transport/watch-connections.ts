import type { Clock, MonotonicClock } from '../../../ports/clock';
import type { Connection, Connections } from './connections';
import { endIfGone, goneLookMs } from './gone-connections';
import { IdleConnections } from './idle-connections';
import { StillConnections } from './still-connections';

export interface WatchPorts {
  readonly connections: Pick<Connections, 'each'>;
  /** After how long without a byte a connection is checked, in milliseconds. */
  readonly quietTimeoutMs: number;
  /** The device does not read what it requested. */
  readonly onStuck: (connection: Connection) => void;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

/** How often connections are checked for movement. */
const looksPerQuietTime = 5;

/**
 * Ends connections without traffic, and those whose device is gone.
 * @returns a function to call when a connection was quiet for that long, and one that ends the watch
 */
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
  const lookForGone = () => connections.each((connection) => endIfGone(connection, monotonicMs));
  const lookingForGone = setInterval(lookForGone, goneLookMs).unref();
  return {
    onQuiet: (connection) => idle.onQuiet(connection),
    stop() {
      clearInterval(looking);
      clearInterval(lookingForGone);
    },
  };
}

/** A connection, as far as it matters for making room. */
export interface MovingConnection {
  readonly openRequests: number;
  /** When something last moved on it: milliseconds of a monotonic clock. */
  readonly movedAtMs: number;
}

/**
 * Chooses the connection to close to make room: the one without a request that has been quiet longest, else the one
 * whose requests have been stuck longest.
 * @param stuckBeforeMs requests that have not moved since then are stuck; -Infinity for none
 */
export function leastMissed<Connection extends MovingConnection>(
  connections: Iterable<Connection>,
  stuckBeforeMs: number,
): Connection | undefined {
  let idle: Connection | undefined;
  let stuck: Connection | undefined;
  for (const connection of connections) {
    const { openRequests, movedAtMs } = connection;
    if (openRequests === 0) {
      if (idle === undefined || movedAtMs < idle.movedAtMs) idle = connection;
    } else if (movedAtMs <= stuckBeforeMs && (stuck === undefined || movedAtMs < stuck.movedAtMs))
      stuck = connection;
  }
  return idle ?? stuck;
}

/** A connection as far as it matters who makes room for a new one. */
export interface MovingConnection {
  readonly openRequests: number;
  /** When something happened on it last: milliseconds of a clock that nobody sets. */
  readonly movedAtMs: number;
}

/**
 * Chooses the connection that makes room: the one without a request that was quiet for longest, else the one whose requests are
 * stuck for longest.
 * @param stuckBeforeMs requests on which nothing moved since then are stuck; -Infinity for none
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

export interface ConnectionLimits {
  /** Connections of one device. RAUC has up to 128 over HTTP/1.1, and those from before a power cut may still hang. */
  readonly perDevice: number;
  /** A connection with a request on which nothing moves for so long may make room, in milliseconds. */
  readonly stuckAfterMs: number;
}

export const connectionLimits: ConnectionLimits = { perDevice: 256, stuckAfterMs: 30_000 };

/** The one without a request that was quiet for longest, else the one whose requests are stuck for longest. */
export function leastMissed<One extends { readonly openRequests: number; readonly movedAtMs: number }>(
  connections: Iterable<One>,
  stuckBeforeMs: number,
): One | undefined {
  let idle: One | undefined;
  let stuck: One | undefined;
  for (const connection of connections) {
    const { openRequests, movedAtMs } = connection;
    if (openRequests === 0) {
      if (idle === undefined || movedAtMs < idle.movedAtMs) idle = connection;
    } else if (movedAtMs <= stuckBeforeMs && (stuck === undefined || movedAtMs < stuck.movedAtMs))
      stuck = connection;
  }
  return idle ?? stuck;
}

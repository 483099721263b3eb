export interface ConnectionLimits {
  /** Connections of one device. RAUC has up to 128 over HTTP/1.1, and those from before a power cut may still hang. */
  readonly perDevice: number;
  /** A connection with a request on which nothing moves for so long may make room, in milliseconds. */
  readonly stuckAfterMs: number;
}

export const connectionLimits: ConnectionLimits = { perDevice: 256, stuckAfterMs: 30_000 };

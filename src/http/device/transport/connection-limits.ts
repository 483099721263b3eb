export interface ConnectionLimits {
  /** Connections of one device. RAUC opens up to 128 over HTTP/1.1, and those from before a power cut may still hang. */
  readonly perDevice: number;
  /** A connection with a request that has been stuck this long may be replaced, in milliseconds. */
  readonly stuckAfterMs: number;
}

export const connectionLimits: ConnectionLimits = { perDevice: 256, stuckAfterMs: 30_000 };

/** Checks something repeatedly until it is closed. */
export interface Watch {
  /** Waits for a check that is under way. */
  close(): Promise<void>;
}

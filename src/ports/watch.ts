/** Looks at something again and again, until it is closed. */
export interface Watch {
  /** Waits for the present look. */
  close(): Promise<void>;
}

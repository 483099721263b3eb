import type { OpenBytes } from '../../ports/bundle-storage';

/** An open file with parts of it in memory. */
export interface CachedBytes extends OpenBytes {
  /**
   * Reads from memory; `undefined` when some of the bytes are not there.
   * @param memory as for `read`
   */
  readNow(position: number, length: number, memory?: Buffer): Buffer | undefined;
  /**
   * Reads a few blocks for a device that has read in order up to a position. No one waits for them. If reading one fails, the
   * device that asks for it reads it again.
   */
  readAhead(position: number): void;
}

import type { OpenBytes } from '../../ports/bundle-storage';

/** An open file of which parts are in memory. */
export interface CachedBytes extends OpenBytes {
  /**
   * Reads what is in memory; `undefined` when some of it is not.
   * @param memory as of `read`
   */
  readNow(position: number, length: number, memory?: Buffer): Buffer | undefined;
  /**
   * Reads a few blocks for a device that has read in order up to a position. No one waits for them, and one that fails is read again by
   * who asks for it.
   */
  readAhead(position: number): void;
}

import type { CacheEntries, CacheEntry } from './cache-entries';
import { freeBytesIn } from './cached-files';

export interface CacheRoomOptions {
  readonly folder: string;
  /** What the files of bundles may take together, in bytes. Open files stay even beyond that. */
  readonly limitBytes: number;
  /** What must stay free on the disk for uploads and the database, in bytes; nothing if left out. */
  readonly reserveBytes?: () => number;
}

/**
 * The room that the cache may take on its disk. The least recently used bundles make room for others, except those that are open.
 */
export class CacheRoom {
  /** @param forget removes a bundle from the cache */
  constructor(
    private readonly options: CacheRoomOptions,
    private readonly entries: CacheEntries,
    private readonly forget: (sha256: string) => Promise<void>,
  ) {}

  /** Removes bundles until the rest is within the limits, or nothing more may be removed. */
  async keepLimits(): Promise<void> {
    await this.#remove(0);
  }

  /**
   * Makes room for a bundle whose file is there already, but does not count yet. Nothing is removed where that would not suffice.
   * @returns whether there is room
   */
  async forFile(sizeBytes: number): Promise<boolean> {
    return (await this.#canTake(sizeBytes)) && (await this.#remove(sizeBytes));
  }

  /** The same for a bundle that will arrive, and counts already. */
  async forArrival(entry: CacheEntry): Promise<boolean> {
    return (await this.#canTake(0, entry)) && (await this.#remove(0, entry));
  }

  async #remove(neededBytes: number, arriving?: CacheEntry): Promise<boolean> {
    for (const [sha256, entry] of this.entries.list()) {
      if (await this.#isWithin(neededBytes, arriving)) return true;
      if (mayGo(entry) && this.entries.get(sha256) === entry) await this.forget(sha256);
    }
    return await this.#isWithin(neededBytes, arriving);
  }

  /** Whether there would be room once everything removable is gone. */
  async #canTake(neededBytes: number, arriving?: CacheEntry): Promise<boolean> {
    let removableBytes = 0;
    for (const [, entry] of this.entries.list()) if (mayGo(entry)) removableBytes += entry.sizeBytes;
    return await this.#isWithin(neededBytes, arriving, removableBytes);
  }

  async #isWithin(neededBytes: number, arriving?: CacheEntry, removableBytes = 0): Promise<boolean> {
    const { folder, limitBytes, reserveBytes } = this.options;
    if (this.entries.usedBytes - removableBytes + neededBytes > limitBytes) return false;
    if (reserveBytes === undefined) return true;
    const freeBytes = (await freeBytesIn(folder)) + removableBytes;
    return freeBytes >= reserveBytes() + (arriving?.sizeBytes ?? 0);
  }
}

/** An arriving bundle is always open. */
function mayGo(entry: CacheEntry): boolean {
  return entry.readers === 0;
}

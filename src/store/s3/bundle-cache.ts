import { rename, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../base/files/replace-file';
import { RecentMap } from '../../base/collections/recent-map';
import type { OpenBytes, OpenFile } from '../../ports/bundle-storage';
import { openBundleFile, openBytes } from '../files/bundle-file';
import { Arrival } from './arrival';
import { CacheEntries, type CacheEntry } from './cache-entries';
import { CacheRoom, type CacheRoomOptions } from './cache-room';
import { partSuffix, takeOverCachedFiles } from './cached-files';
import { Removals } from './removals';
import type { VerifiedObject } from './verified-object';

export interface BundleCacheOptions extends CacheRoomOptions {
  /** Called when a bundle cannot be fetched to its end. */
  readonly onFailure: (sha256: string, error: unknown) => void;
}

/** How many blocks of 1 MiB stay in memory, for bundles that the disk has no room for. */
const recentBlocks = 16;

/**
 * Bundles of the object store on this machine's disk: whole ones, verified, under their hashes, and those that are arriving. The least
 * recently used make room for others. Nothing in the cache is needed: it may be deleted while the server is stopped.
 */
export class BundleCache {
  readonly #entries = new CacheEntries();
  readonly #room: CacheRoom;
  readonly #recent = new RecentMap<string, Buffer>(recentBlocks);
  readonly #ending = new Set<Promise<void>>();
  /** Running removals of files, by hash: a new arrival creates its file only after them. */
  readonly #removals = new Removals();
  #isClosed = false;

  private constructor(private readonly options: BundleCacheOptions) {
    this.#room = new CacheRoom(options, this.#entries, (sha256) => this.forget(sha256));
  }

  /** Takes over what an earlier process left. */
  static async open(options: BundleCacheOptions): Promise<BundleCache> {
    const cache = new BundleCache(options);
    for (const { sha256, sizeBytes } of await takeOverCachedFiles(options.folder))
      cache.#entries.add(sha256, sizeBytes);
    await cache.#room.keepLimits();
    return cache;
  }

  /** What the files take, in bytes; those of arriving bundles count as if they were whole. */
  get usedBytes(): number {
    return this.#entries.usedBytes;
  }

  /** Opens a bundle that is complete on this disk. */
  async openWhole(sha256: string, sizeBytes: number): Promise<OpenFile | undefined> {
    const entry = this.#use(sha256);
    if (entry?.arrival !== null) return undefined;
    const release = this.#lease(sha256, entry);
    try {
      const file = await openBundleFile(this.#pathOf(sha256));
      if (file.sizeBytes === sizeBytes) return { ...file, close: () => file.close().finally(release) };
      await file.close();
    } catch {
      // Someone removed it: it is fetched again.
    }
    release();
    this.#entries.delete(sha256, entry);
    await rm(this.#pathOf(sha256), { force: true });
    return undefined;
  }

  /** Opens a bundle that is arriving, or begins to fetch it. */
  async openArriving(object: VerifiedObject): Promise<OpenBytes> {
    const { sha256 } = object;
    const entry = this.#use(sha256) ?? this.#begin(object);
    const release = this.#lease(sha256, entry);
    try {
      const arrival = await entry.arrival;
      if (arrival?.isClosed === true && !this.#isClosed) {
        release(); // it has just ended
        return await this.openArriving(object);
      }
      if (arrival === null) {
        const file = await openBundleFile(this.#pathOf(sha256));
        return { ...file, close: () => file.close().finally(release) };
      }
      // The rest is fetched after what is asked for, which would otherwise wait for it.
      let hasRead = false;
      const read = async (position: number, length: number) => {
        try {
          return await arrival.read(position, length);
        } finally {
          if (!hasRead) this.#fill(sha256, arrival);
          hasRead = true;
        }
      };
      arrival.readers += 1;
      return openBytes({
        sizeBytes: arrival.sizeBytes,
        read,
        close: async () => {
          arrival.readers -= 1;
          release();
          if (arrival.isWhole) await this.#retire(sha256, entry, arrival);
        },
      });
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Resolves when all of a bundle is here, or as much as the disk has room for. @throws the error of fetching it */
  async fetch(object: VerifiedObject): Promise<void> {
    const bytes = await this.openArriving(object);
    try {
      await (await this.#entries.get(object.sha256)?.arrival)?.fill();
    } finally {
      await bytes.close();
    }
  }

  /**
   * Takes a verified file, if there is room.
   * @param move puts it in its place, which the same bytes may already occupy
   */
  async adopt(sha256: string, sizeBytes: number, move: (file: string) => Promise<void>): Promise<void> {
    if (this.#entries.get(sha256) !== undefined) return;
    try {
      if (await this.#room.forFile(sizeBytes)) {
        await move(this.#pathOf(sha256));
        if (this.#entries.get(sha256) === undefined) this.#entries.add(sha256, sizeBytes);
      }
      await this.#room.keepLimits();
    } catch {
      // It will be fetched when it is needed.
    }
  }

  /** Removes a bundle. Readers that have it open keep it. */
  async forget(sha256: string): Promise<void> {
    const entry = this.#entries.get(sha256);
    this.#entries.delete(sha256);
    await this.#removals.run(sha256, async () => {
      await rm(this.#pathOf(sha256), { force: true });
      await rm(this.#pathOf(sha256) + partSuffix, { force: true });
    });
    if (entry?.readers === 0) this.#end(entry);
  }

  /** Ends everything that is arriving. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [, entry] of this.#entries.list()) this.#end(entry);
    await Promise.all(this.#ending);
  }

  /** Ends a complete arrival that no one reads. One that could not become a file is fetched again another time. */
  async #retire(sha256: string, entry: CacheEntry, arrival: Arrival): Promise<void> {
    await arrival.settled();
    if (arrival.readers > 0) return;
    const closing = arrival.close();
    if (entry.arrival !== null && this.#entries.get(sha256) === entry) await this.forget(sha256);
    await closing;
  }

  #pathOf(sha256: string): string {
    return path.join(this.options.folder, sha256);
  }

  /** Marks it as used last; the file's time keeps this order across restarts. */
  #use(sha256: string): CacheEntry | undefined {
    const entry = this.#entries.use(sha256);
    const now = new Date();
    if (entry?.arrival === null) utimes(this.#pathOf(sha256), now, now).catch(() => undefined);
    return entry;
  }

  #lease(sha256: string, entry: CacheEntry): () => void {
    entry.readers += 1;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      entry.readers -= 1;
      if (entry.readers > 0) return;
      if (this.#entries.get(sha256) !== entry) this.#end(entry);
      // Nothing of it is on the disk, or the disk has too much.
      else
        void (entry.sizeBytes === 0 ? this.forget(sha256) : this.#room.keepLimits()).catch(() => undefined);
    };
  }

  #begin(object: VerifiedObject): CacheEntry {
    const { sha256, digests } = object;
    const entry = this.#entries.add(sha256, digests.sizeBytes);
    entry.arrival = this.#arrive(object, entry);
    entry.arrival.catch(() => this.#entries.delete(sha256, entry));
    return entry;
  }

  async #arrive(object: VerifiedObject, entry: CacheEntry): Promise<Arrival> {
    const { sha256 } = object;
    const parts = { object, recent: this.#recent };
    const mayFit = entry.sizeBytes <= this.options.limitBytes;
    if (!mayFit) this.#entries.takesNothing(sha256, entry); // at once: nothing is removed for it
    await this.#removals.settled(sha256);
    if (mayFit && (await this.#room.forArrival(entry))) {
      try {
        const arrival: Arrival = await Arrival.begin({
          ...parts,
          file: this.#pathOf(sha256) + partSuffix,
          onWhole: () => this.#arrived(sha256, entry, arrival),
        });
        return arrival;
      } catch {
        // The disk takes no file.
      }
    }
    this.#entries.takesNothing(sha256, entry);
    await this.#room.keepLimits();
    return await Arrival.begin({ ...parts, file: null, onWhole: () => Promise.resolve() });
  }

  /** In the background, until it is whole or fails. */
  #fill(sha256: string, arrival: Arrival): void {
    arrival.fill().catch((error: unknown) => {
      if (!this.#isClosed) this.options.onFailure(sha256, error);
    });
  }

  /** Readers of the arrival continue with it; new readers open the file. */
  async #arrived(sha256: string, entry: CacheEntry, arrival: Arrival): Promise<void> {
    if (this.#entries.get(sha256) !== entry) return;
    await rename(this.#pathOf(sha256) + partSuffix, this.#pathOf(sha256));
    await syncFolder(this.options.folder);
    entry.arrival = null;
    if (arrival.readers === 0) void arrival.close();
  }

  #end(entry: CacheEntry): void {
    const end = async () => {
      const arrival = await entry.arrival?.catch(() => null);
      await arrival?.close();
    };
    const ending = end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

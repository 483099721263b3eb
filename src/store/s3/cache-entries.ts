import type { Arrival } from './arrival';

/** A bundle in the cache. */
export interface CacheEntry {
  /** Its size on the disk once it is complete; 0 if the disk has no room for it. */
  readonly sizeBytes: number;
  /** How many have it open. */
  readers: number;
  /** `null` once the file is whole. */
  arrival: Promise<Arrival> | null;
}

/** The bundles in the cache by hash, in the order of last use, and what they take together. */
export class CacheEntries {
  readonly #entries = new Map<string, CacheEntry>();
  #usedBytes = 0;

  /** In bytes; arriving bundles count as if they were whole. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  get(sha256: string): CacheEntry | undefined {
    return this.#entries.get(sha256);
  }

  /** The least recently used first; those that are added or deleted meanwhile do not count. */
  list(): readonly (readonly [string, CacheEntry])[] {
    return [...this.#entries];
  }

  /** Puts a new one at the end of the order. */
  add(sha256: string, sizeBytes: number): CacheEntry {
    this.delete(sha256);
    const entry: CacheEntry = { sizeBytes, readers: 0, arrival: null };
    this.#entries.set(sha256, entry);
    this.#usedBytes += sizeBytes;
    return entry;
  }

  /** Finds one that is used now, which puts it at the end of the order. */
  use(sha256: string): CacheEntry | undefined {
    const entry = this.#entries.get(sha256);
    if (entry === undefined) return undefined;
    this.#entries.delete(sha256);
    this.#entries.set(sha256, entry);
    return entry;
  }

  /** The disk has no room for it. */
  takesNothing(sha256: string, entry: CacheEntry): void {
    if (this.#entries.get(sha256) === entry) this.#usedBytes -= entry.sizeBytes;
    Object.assign(entry, { sizeBytes: 0 });
  }

  /** @param entry deletes only this one, if given */
  delete(sha256: string, entry = this.#entries.get(sha256)): void {
    if (entry === undefined || this.#entries.get(sha256) !== entry) return;
    this.#entries.delete(sha256);
    this.#usedBytes -= entry.sizeBytes;
  }
}

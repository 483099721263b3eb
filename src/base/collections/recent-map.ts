/** A map that drops its least recently used entry when it is full. */
export class RecentMap<Key, Value> {
  /** In the order of last use. */
  readonly #entries = new Map<Key, Value>();

  constructor(private readonly maxSize: number) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Counts as a use. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  /** Like {@link get}, but creates a missing entry. */
  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key); // moves it to the end
    this.#entries.set(key, value);
    if (this.#entries.size <= this.maxSize) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /** The least recently used entry comes first. Iterating does not count as a use. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }
}

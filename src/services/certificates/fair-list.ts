interface Place<Value> {
  readonly value: Value;
  readonly holder: string;
}

/**
 * Remembers a bounded number of things, each under its latest source. When it is full, the source with the most entries loses its oldest,
 * so a source that keeps adding new things only displaces its own.
 */
export class FairList<Value> {
  /** In the order in which they were last added. */
  readonly #places = new Map<string, Place<Value>>();
  /** Keys by holder, in the same order. */
  readonly #held = new Map<string, Set<string>>();

  constructor(private readonly maxSize: number) {}

  get(key: string): Value | undefined {
    return this.#places.get(key)?.value;
  }

  put(key: string, holder: string, value: Value): void {
    this.#delete(key); // moves it to the end
    if (this.#places.size >= this.maxSize) this.#makeRoom();
    this.#places.set(key, { value, holder });
    const held = this.#held.get(holder);
    if (held === undefined) this.#held.set(holder, new Set([key]));
    else held.add(key);
  }

  latestFirst(): Value[] {
    return [...this.#places.values()].map(({ value }) => value).reverse();
  }

  #makeRoom(): void {
    let most: Set<string> | undefined;
    for (const held of this.#held.values()) if (held.size > (most?.size ?? 0)) most = held;
    const [oldest] = most ?? [];
    if (oldest !== undefined) this.#delete(oldest);
  }

  #delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    const held = this.#held.get(place.holder);
    held?.delete(key);
    if (held?.size === 0) this.#held.delete(place.holder);
  }
}

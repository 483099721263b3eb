/** A list in the database that several servers only add to. Each look reads only what was added. */
export class GrowingList<Item extends { readonly id: number }> {
  #known: readonly Item[] = [];
  #lastId = 0;

  /** @param after reads the items with a higher number, in order */
  constructor(private readonly after: (id: number) => Promise<readonly Item[]>) {}

  /** As of the last look that found something; the same array until then. */
  get known(): readonly Item[] {
    return this.#known;
  }

  /**
   * Several may look at once: numbers follow the order of commits, so each finds the next ones.
   * @returns what this look has added
   * @throws DomainError `unavailable`
   */
  async look(): Promise<readonly Item[]> {
    const found = await this.after(this.#lastId);
    const added = found.filter(({ id }) => id > this.#lastId);
    if (added.length > 0) {
      this.#lastId = added.at(-1)?.id ?? this.#lastId;
      this.#known = [...this.#known, ...added];
    }
    return added;
  }
}

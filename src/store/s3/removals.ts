/** Removals of things by their names: those of one name come one after the other. */
export class Removals {
  readonly #latest = new Map<string, Promise<void>>();

  /** Waits for the removals of a name that are under way. */
  async settled(name: string): Promise<void> {
    await this.#latest.get(name)?.catch(() => undefined);
  }

  /** @throws what this removal fails with */
  async run(name: string, remove: () => Promise<void>): Promise<void> {
    const removal = this.settled(name).then(remove);
    this.#latest.set(name, removal);
    try {
      await removal;
    } finally {
      if (this.#latest.get(name) === removal) this.#latest.delete(name);
    }
  }
}

/** Runs removals by name: those of one name run one after the other. */
export class Removals {
  readonly #latest = new Map<string, Promise<void>>();

  /** Waits for the running removals of a name. */
  async settled(name: string): Promise<void> {
    await this.#latest.get(name)?.catch(() => undefined);
  }

  /** @throws this removal's error */
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

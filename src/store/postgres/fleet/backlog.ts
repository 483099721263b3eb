/** How many entries are written at once. */
const maxAtOnce = 1_000;

export interface BacklogOptions<Id, Change> {
  /** Merges two changes of the same thing into one. */
  readonly merge: (older: Change, newer: Change) => Change;
  /** Writes changes, in the order of their ids, so that no two of them lock each other out. */
  readonly save: (changes: readonly (readonly [Id, Change])[]) => Promise<void>;
}

/** Frequent changes that a crash may lose: merged into one for each thing, and written together. */
export class Backlog<Id extends string | number, Change> {
  readonly #waiting = new Map<Id, Change>();
  /** What is being written; it still counts until the write is done. */
  #writing = new Map<Id, Change>();

  constructor(private readonly options: BacklogOptions<Id, Change>) {}

  add(id: Id, change: Change): void {
    const older = this.#waiting.get(id);
    this.#waiting.set(id, older === undefined ? change : this.options.merge(older, change));
  }

  /** What is not written yet, oldest first. */
  of(id: Id): readonly Change[] {
    return [this.#writing.get(id), this.#waiting.get(id)].filter((change) => change !== undefined);
  }

  /** Changes what is waiting; what is being written stays as it is. */
  amend(id: Id, amended: (change: Change) => Change): void {
    const change = this.#waiting.get(id);
    if (change !== undefined) this.#waiting.set(id, amended(change));
  }

  forget(id: Id): void {
    this.#waiting.delete(id);
    this.#writing.delete(id);
  }

  /**
   * Call it only when no other write is running.
   * @throws what saving throws; the changes are then tried again with the next ones
   */
  async write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const some = [...this.#waiting].slice(0, maxAtOnce).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [id] of some) this.#waiting.delete(id);
      this.#writing = new Map(some);
      try {
        await this.options.save(some);
      } catch (error) {
        for (const [id, change] of this.#writing) this.#putBack(id, change); // not what was forgotten
        throw error;
      } finally {
        this.#writing = new Map();
      }
    }
  }

  #putBack(id: Id, older: Change): void {
    const newer = this.#waiting.get(id);
    this.#waiting.set(id, newer === undefined ? older : this.options.merge(older, newer));
  }
}

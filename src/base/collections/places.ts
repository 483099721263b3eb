export interface PlacesOptions {
  /** How many there are. */
  readonly count: number;
  /** How many may wait for one. */
  readonly maxWaiting: number;
  /** How long each may wait, in milliseconds. */
  readonly maxWaitMs: number;
  /** The error for those who wait in vain. */
  readonly refusal: () => Error;
}

interface Waiting {
  readonly enter: () => void;
}

/** A limited number of places, given to those who ask in the order in which they came. */
export class Places {
  #free: number;
  readonly #urgent = new Set<Waiting>();
  readonly #others = new Set<Waiting>();

  constructor(private readonly options: PlacesOptions) {
    this.#free = options.count;
  }

  /**
   * Waits for a place. Give it back with {@link giveBack}.
   * @param isUrgent goes before all who are not, however many wait: for what others depend on
   * @throws the refusal if too many wait already, or it takes too long
   */
  async take(isUrgent = false): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { maxWaiting, maxWaitMs, refusal } = this.options;
    if (!isUrgent && this.#others.size >= maxWaiting) throw refusal();
    const line = isUrgent ? this.#urgent : this.#others;
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        enter() {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        line.delete(waiting);
        reject(refusal());
      }, maxWaitMs).unref();
      line.add(waiting);
    });
  }

  giveBack(): void {
    for (const line of [this.#urgent, this.#others]) {
      const [first] = line;
      if (first === undefined) continue;
      line.delete(first);
      first.enter();
      return;
    }
    this.#free += 1;
  }
}

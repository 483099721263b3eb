/** How many requests of one device begin before it is the next device's turn. */
const perTurn = 2;

/**
 * Requests that have not begun yet. Each turn of the event loop begins a few for every device that has some, so that thousands from one
 * device delay neither the requests nor the data of others.
 */
export class FairTurns<Holder> {
  readonly #waiting = new Map<Holder, Set<() => void>>();
  #isUnderWay = false;

  /** @param begin is called in a later turn of the event loop, in order for each holder */
  queue(holder: Holder, begin: () => void): void {
    const own = this.#waiting.get(holder);
    if (own === undefined) this.#waiting.set(holder, new Set([begin]));
    else own.add(begin);
    this.#takeTurn();
  }

  #takeTurn(): void {
    if (this.#isUnderWay || this.#waiting.size === 0) return;
    this.#isUnderWay = true;
    setImmediate(() => {
      this.#isUnderWay = false;
      try {
        for (const [holder, own] of [...this.#waiting]) this.#beginSome(holder, own);
      } finally {
        this.#takeTurn();
      }
    });
  }

  #beginSome(holder: Holder, own: Set<() => void>): void {
    let left = perTurn;
    for (const begin of own) {
      own.delete(begin);
      if (own.size === 0) this.#waiting.delete(holder);
      begin();
      if (--left === 0) return;
    }
  }
}

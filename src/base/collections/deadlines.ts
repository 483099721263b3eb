/** How many outdated entries are not worth a sweep. */
const slack = 64;

/**
 * Ids, each with the time at which it ends, in any order: if the clock was set, the last id added may end first. A change costs
 * the logarithm of their number. Taking the ended ids costs no more than their number.
 */
export class Deadlines<Id> {
  readonly #ends = new Map<Id, number>();
  /**
   * A binary heap with the earliest end first, as two lists, because an object for each entry would take several times the
   * memory. An entry that is not in {@link #ends} is outdated.
   */
  #heapIds: Id[] = [];
  #heapEnds: number[] = [];

  constructor(ends: Iterable<readonly [Id, number]> = []) {
    for (const [id, endsAtMs] of ends) this.set(id, endsAtMs);
  }

  get size(): number {
    return this.#ends.size;
  }

  /** @param endsAtMs replaces the id's present end */
  set(id: Id, endsAtMs: number): void {
    this.#ends.set(id, endsAtMs);
    this.#push(id, endsAtMs);
    if (this.#heapIds.length > 2 * this.#ends.size + slack) this.#sweep();
  }

  delete(id: Id): void {
    this.#ends.delete(id);
  }

  /** Removes the ids that end at or before a time. @returns them, the earliest first */
  takeEnded(nowMs: number): Id[] {
    const ended: Id[] = [];
    for (let first = this.#heapEnds[0]; first !== undefined && first <= nowMs; first = this.#heapEnds[0]) {
      const id = this.#heapIds[0] as Id;
      this.#pop();
      if (this.#ends.get(id) !== first) continue;
      this.#ends.delete(id);
      ended.push(id);
    }
    return ended;
  }

  #sweep(): void {
    const left = [...this.#ends].sort(([, a], [, b]) => a - b); // a sorted list is a heap
    this.#heapIds = left.map(([id]) => id);
    this.#heapEnds = left.map(([, endsAtMs]) => endsAtMs);
  }

  #push(id: Id, endsAtMs: number): void {
    let at = this.#heapEnds.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.#endAt(above);
      if (parent <= endsAtMs) break;
      this.#put(at, this.#heapIds[above] as Id, parent);
      at = above;
    }
    this.#put(at, id, endsAtMs);
  }

  /** Removes the first. */
  #pop(): void {
    const id = this.#heapIds.pop() as Id;
    const endsAtMs = this.#heapEnds.pop() ?? Infinity;
    if (this.#heapEnds.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.#endAt(left + 1) < this.#endAt(left) ? left + 1 : left;
      const end = this.#endAt(child);
      if (!(end < endsAtMs)) break; // also past the last entry
      this.#put(at, this.#heapIds[child] as Id, end);
      at = child;
    }
    this.#put(at, id, endsAtMs);
  }

  /** Infinity past the last entry. */
  #endAt(at: number): number {
    return this.#heapEnds[at] ?? Infinity;
  }

  #put(at: number, id: Id, endsAtMs: number): void {
    this.#heapIds[at] = id;
    this.#heapEnds[at] = endsAtMs;
  }
}

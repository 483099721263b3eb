/** Out of date entries that are not worth a sweep. */
const slack = 64;

/**
 * Ids with a time at which each ends, in whatever order the ends come: with a clock that is set, what came last may end first.
 * A change costs the logarithm of their number; asking what has ended costs no more than what has.
 */
export class Deadlines<Id> {
  readonly #ends = new Map<Id, number>();
  /**
   * A binary heap, the earliest end first, as two lists: an object for each entry would take several times the memory. An entry that
   * {@link #ends} does not have is out of date.
   */
  #heapIds: Id[] = [];
  #heapEnds: number[] = [];

  constructor(ends: Iterable<readonly [Id, number]> = []) {
    for (const [id, endsAtMs] of ends) this.set(id, endsAtMs);
  }

  get size(): number {
    return this.#ends.size;
  }

  /** @param endsAtMs in place of the end that it has */
  set(id: Id, endsAtMs: number): void {
    this.#ends.set(id, endsAtMs);
    this.#push(id, endsAtMs);
    if (this.#heapIds.length > 2 * this.#ends.size + slack) this.#sweep();
  }

  delete(id: Id): void {
    this.#ends.delete(id);
  }

  /** Removes what ends at a time or before. @returns the ids, the earliest first */
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
    const left = [...this.#ends].sort(([, a], [, b]) => a - b); // which is a heap
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
      if (!(end < endsAtMs)) break; // also behind the last
      this.#put(at, this.#heapIds[child] as Id, end);
      at = child;
    }
    this.#put(at, id, endsAtMs);
  }

  /** Infinity behind the last. */
  #endAt(at: number): number {
    return this.#heapEnds[at] ?? Infinity;
  }

  #put(at: number, id: Id, endsAtMs: number): void {
    this.#heapIds[at] = id;
    this.#heapEnds[at] = endsAtMs;
  }
}

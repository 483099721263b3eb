interface Deadline<Id> {
  readonly id: Id;
  readonly endsAtMs: number;
}

/** Out of date entries that are not worth a sweep. */
const slack = 64;

/**
 * Ids with a time at which each ends, in whatever order the ends come: with a clock that is set, what came last may end first.
 * A change costs the logarithm of their number; asking what has ended costs no more than what has.
 */
export class Deadlines<Id> {
  readonly #ends: Map<Id, number>;
  /** A binary heap, the earliest end first. An entry that is no longer in {@link #ends} is out of date. */
  #heap: Deadline<Id>[] = [];

  constructor(ends: Iterable<readonly [Id, number]> = []) {
    this.#ends = new Map(ends);
    this.#sweep();
  }

  get size(): number {
    return this.#ends.size;
  }

  /** @param endsAtMs in place of the end that it has */
  set(id: Id, endsAtMs: number): void {
    this.#ends.set(id, endsAtMs);
    this.#push({ id, endsAtMs });
    if (this.#heap.length > 2 * this.#ends.size + slack) this.#sweep();
  }

  delete(id: Id): void {
    this.#ends.delete(id);
  }

  /** Removes what ends at a time or before. @returns the ids, the earliest first */
  takeEnded(nowMs: number): Id[] {
    const ended: Id[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.endsAtMs <= nowMs; first = this.#heap[0]) {
      this.#pop();
      if (this.#ends.get(first.id) !== first.endsAtMs) continue;
      this.#ends.delete(first.id);
      ended.push(first.id);
    }
    return ended;
  }

  #sweep(): void {
    const left = [...this.#ends].map(([id, endsAtMs]) => ({ id, endsAtMs }));
    this.#heap = left.sort((a, b) => a.endsAtMs - b.endsAtMs); // which is a heap
  }

  #push(added: Deadline<Id>): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.endsAtMs <= added.endsAtMs) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = added;
  }

  /** Removes the first. */
  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = left !== undefined && right !== undefined && right.endsAtMs < left.endsAtMs;
      const child = isRight ? right : left;
      if (child === undefined || child.endsAtMs >= last.endsAtMs) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
  }
}

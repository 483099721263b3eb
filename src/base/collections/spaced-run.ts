import { setTimeout as delay } from 'node:timers/promises';

/** Work that begins at most once in a while, however often it is asked for. */
export class SpacedRun {
  #next: Promise<void> | undefined;
  #begunMs = -Infinity;

  /** @param everyMs the shortest time between two beginnings, in milliseconds */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
    private readonly monotonicMs: () => number,
  ) {}

  /** @returns the end of the next run, which begins after the call and is shared by all who wait for it; with its failure */
  next(): Promise<void> {
    this.#next ??= this.#run();
    return this.#next;
  }

  async #run(): Promise<void> {
    const waitMs = this.#begunMs + this.everyMs - this.monotonicMs();
    await delay(Math.max(0, waitMs), undefined, { ref: false });
    this.#next = undefined; // what happens from now on, only a later run sees
    this.#begunMs = this.monotonicMs();
    await this.work();
  }
}

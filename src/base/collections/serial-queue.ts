/** Runs work one piece at a time, in the order of the calls. A failure does not stop later work. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether no work is running or waiting. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  /** @returns the result of the work; only its caller sees its failure */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}

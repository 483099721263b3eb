type Close = (graceMs: number) => unknown;

/** Closes what was opened, in reverse order. */
export class Closing {
  readonly #steps: Close[] = [];

  /** @param close gets how long running requests may continue, in milliseconds */
  add(close: Close): void {
    this.#steps.push(close);
  }

  /** Closes everything added since the last call. */
  async run(graceMs: number): Promise<void> {
    for (const close of this.#steps.splice(0).reverse()) await close(graceMs);
  }
}

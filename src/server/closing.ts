type Close = (graceMs: number) => unknown;

/** What has to be closed at the end, in reverse order of opening. */
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

/** Work that runs once at a time: whoever starts it while it runs waits for that run. */
export class SharedRun {
  #running: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** @returns the end of the run, with its failure */
  start(): Promise<void> {
    this.#running ??= this.work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The end of the run that goes on, whatever it comes to; at once when none does. */
  async ended(): Promise<void> {
    await this.#running?.catch(() => undefined); // whoever started it hears of that
  }
}

/** Work that runs once at a time: callers that arrive during a run share it. */
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

  /** Resolves when the current run ends, however it ends; at once when nothing runs. */
  async ended(): Promise<void> {
    await this.#running?.catch(() => undefined); // its callers get the error
  }
}

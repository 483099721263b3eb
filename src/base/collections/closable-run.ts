import { SharedRun } from './shared-run';

/** A {@link SharedRun} that can be closed permanently. */
export class ClosableRun {
  readonly #runs: SharedRun;
  readonly #closing = new AbortController();

  constructor(work: () => Promise<void>) {
    this.#runs = new SharedRun(work);
  }

  /** Aborted once the run is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  isClosed(): boolean {
    return this.signal.aborted;
  }

  /** @returns the end of the run, with its failure; resolves at once after {@link close} */
  start(): Promise<void> {
    return this.isClosed() ? Promise.resolve() : this.#runs.start();
  }

  /** Aborts the signal. Resolves when the current run has ended, however it ended. */
  close(): Promise<void> {
    this.#closing.abort();
    return this.#runs.ended();
  }
}

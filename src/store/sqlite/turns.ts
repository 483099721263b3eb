import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../base/collections/serial-queue';

/**
 * Long reads take turns: a piece of one of them, and then everything else that the process has to do. So the loop is held for
 * one piece at the most, however many read.
 */
export class Turns {
  readonly #queue = new SerialQueue();

  /** @param synced what is waited for before somebody gets what a piece found */
  constructor(private readonly synced: () => Promise<void> | undefined) {}

  /** Runs a piece of a long read when it is its turn. @throws what the piece throws */
  async take<Result>(piece: () => Result): Promise<Result> {
    const found = await this.#queue.run(async () => {
      await nextTurn();
      return piece();
    });
    await this.synced();
    return found;
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../base/collections/serial-queue';

/**
 * Long reads take turns where no other thread does them: a piece of one of them, and then everything else that the process has to do. So
 * the loop is held for one piece at the most, however many read.
 */
export class Turns {
  readonly #queue = new SerialQueue();

  /** Runs a piece of a long read when it is its turn. @throws what the piece throws */
  take<Result>(piece: () => Result): Promise<Result> {
    return this.#queue.run(async () => {
      await nextTurn();
      return piece();
    });
  }
}

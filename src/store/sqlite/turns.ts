import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../base/collections/serial-queue';

/**
 * Long reads take turns where no other thread does them: a piece of one, then all other work of the process. So the
 * loop is blocked for one piece at most, however many read.
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

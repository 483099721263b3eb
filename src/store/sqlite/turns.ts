import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Long reads take turns: a piece of one of them, and then everything else that the process has to do. So the loop is held for
 * one piece at the most, however many read.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs a piece of a long read when it is its turn. @throws what the piece throws */
  take<Result>(piece: () => Result): Promise<Result> {
    const turn = this.#last.then(() => nextTurn()).then(piece);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

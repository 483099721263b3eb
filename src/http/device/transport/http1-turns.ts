import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests that wait behind another one: nobody who means well sends more. */
const maxWaiting = 64;

/**
 * The requests of one HTTP/1.1 connection, answered one after the other: an answer that has its bytes, and waits for the one
 * before it, would keep them from that one.
 */
export class Http1Turns {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  /** @returns whether it gets a turn; otherwise there are too many */
  take({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    const start = () => {
      if (socket.destroyed || socket.writableEnded) return; // the last answer was the end of the connection
      this.#isBusy = true;
      response.once('close', () => {
        this.#isBusy = false;
        this.#waiting.shift()?.();
      });
      begin();
    };
    if (this.#isBusy) this.#waiting.push(start);
    else start();
    return true;
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';

/** Waiting requests of one connection. No honest client sends more. */
const maxWaiting = 64;

/**
 * Answers the requests of one HTTP/1.1 connection one after the other. Otherwise an answer could hold memory that the answer before it
 * needs, while waiting for that answer.
 */
export class Http1Turns {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  /** @returns whether it gets a turn; `false` if too many wait */
  take({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    const start = () => {
      if (socket.destroyed || socket.writableEnded) return; // the last answer ended the connection
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

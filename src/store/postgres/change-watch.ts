import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Watch } from '../../ports/watch';

export interface ChangeWatchOptions {
  /** Opens a connection that only listens. */
  readonly connect: () => Promise<Client>;
  /** How often to look without a notification, in milliseconds. */
  readonly everyMs?: number;
  /** How long to wait before connecting again, in milliseconds. */
  readonly reconnectMs?: number;
}

/** Looks whenever PostgreSQL notifies of a change, and every second: a notification may be late or lost with its connection. */
export class ChangeWatch implements Watch {
  #client: Client | undefined;
  #looking: Promise<void> | undefined;
  /** Whether something may have changed since the running look began. */
  #isDue = false;
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #listening: Promise<void>;

  /** @param channel the channel of the notifications: a word in lower case */
  constructor(
    private readonly channel: string,
    private readonly look: () => Promise<void>,
    private readonly options: ChangeWatchOptions,
  ) {
    this.#timer = setInterval(() => this.#wake(), options.everyMs ?? 1_000).unref();
    this.#listening = this.#listen();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#ending.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#listening;
    await this.#looking;
  }

  /** One look at a time: while the database hangs they must not take all of its connections. */
  #wake(): void {
    this.#isDue = true;
    this.#looking ??= this.#lookWhileDue().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookWhileDue(): Promise<void> {
    while (this.#isDue && !this.#ending.signal.aborted) {
      this.#isDue = false;
      await this.look().catch(() => undefined); // the next look tries again, and others report the database's health
    }
  }

  async #listen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#listenOnce().catch(() => undefined);
      await delay(this.options.reconnectMs ?? 1_000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the connection has ended. */
  async #listenOnce(): Promise<void> {
    const client = await this.options.connect();
    this.#client = client;
    try {
      if (this.#ending.signal.aborted) return;
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      client.on('notification', () => this.#wake());
      await client.query(`LISTEN ${this.channel}`);
      this.#wake(); // no one was listening until now
      await ended;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { connectDevice, type DeviceClient } from './device-client';
import type { ClientFiles } from './device-listener';

/** An answer to a poll. */
export interface Polled {
  readonly device: string;
  readonly sentMs: number;
  readonly answeredMs: number;
  readonly status: number;
  /** The name of the offered bundle; empty for none. */
  readonly offered: string;
}

export interface BoardOptions {
  readonly id: string;
  readonly files: ClientFiles;
  /** Any server; it may be frozen or gone. */
  readonly someServer: () => string;
  readonly onAnswer: (polled: Polled) => void;
  readonly signal: AbortSignal;
}

const answerMs = 3_000;
const pauseMs = 30;

/** A device that polls now this server, now that one, and installs at once what it is offered. */
export class RestlessBoard {
  #version = '1.0.0';
  #boots = 1;
  #client: { readonly url: string; readonly client: DeviceClient } | undefined;

  constructor(private readonly options: BoardOptions) {}

  get id(): string {
    return this.options.id;
  }

  /** Polls until the signal. What a server does not answer is asked again, as a device does. */
  async run(): Promise<void> {
    const { signal } = this.options;
    while (!signal.aborted) {
      await this.poll(this.options.someServer()).catch(() => this.#drop());
      await delay(pauseMs);
    }
    this.#drop();
  }

  async poll(url: string): Promise<void> {
    const { id, onAnswer } = this.options;
    const client = await this.#connect(url);
    const sentMs = performance.now();
    const headers = { 'RAUC-System-Version': this.#version, 'RAUC-Boot-ID': `${id}-${this.#boots}` };
    const answer = await this.#within(client.request('/api/v1/manifest.json?compatible=test-board', headers));
    const isOffer = answer.status === 200;
    const { filename = '' } = isOffer
      ? (JSON.parse(answer.body.toString()) as { readonly filename?: string | null })
      : {};
    const offered = filename ?? '';
    onAnswer({ device: id, sentMs, answeredMs: performance.now(), status: answer.status, offered });
    if (offered === '') return;
    this.#version = offered.replace(/^v|\.raucb$/g, '');
    this.#boots += 1;
  }

  async #connect(url: string): Promise<DeviceClient> {
    if (this.#client?.url === url) return this.#client.client;
    this.#drop();
    const client = await connectDevice(url, this.options.files, 'HTTP/1.1');
    this.#client = { url, client };
    return client;
  }

  async #within<Result>(work: Promise<Result>): Promise<Result> {
    const late = new AbortController();
    const tooLate = delay(answerMs, undefined, { signal: late.signal }).then(() => {
      throw new Error('no answer');
    });
    try {
      return await Promise.race([work, tooLate]);
    } finally {
      late.abort();
      tooLate.catch(() => undefined);
      work.catch(() => undefined);
    }
  }

  #drop(): void {
    this.#client?.client.close();
    this.#client = undefined;
  }
}

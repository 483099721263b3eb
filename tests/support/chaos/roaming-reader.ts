import { setTimeout as delay } from 'node:timers/promises';
import { SseReader } from '../sse-reader';

/** A reader of events that goes on where it was, on now this server, now that one. */
export class RoamingReader {
  /** The ids of all events, in the order in which they came. */
  readonly ids: number[] = [];

  /** @param someServer the address of any server for administrators; it may be frozen or gone */
  constructor(
    private readonly someServer: () => string,
    private readonly signal: AbortSignal,
  ) {}

  /** The id of the last event; 0 before the first. */
  get lastId(): number {
    return this.ids.at(-1) ?? 0;
  }

  /** Reads until the signal. */
  async run(): Promise<void> {
    while (!this.signal.aborted) {
      const stayMs = performance.now() + 500 + Math.random() * 4_000;
      await this.read((reader) => reader.isOver || performance.now() > stayMs || this.signal.aborted);
    }
  }

  /** Reads on one server until something is so. */
  async read(isEnough: (reader: SseReader) => boolean): Promise<void> {
    const opening = SseReader.open(`${this.someServer()}/api/events`, this.lastId);
    // A frozen server says nothing for long: the reader turns to another one.
    const late = new AbortController();
    const reader = await Promise.race([
      opening.catch(() => undefined),
      delay(1_000, undefined, { signal: late.signal }).catch(() => undefined),
    ]);
    late.abort();
    if (reader === undefined) {
      opening.then((tooLate) => tooLate.close()).catch(() => undefined);
      await delay(50);
      return;
    }
    while (!isEnough(reader)) await delay(20);
    reader.close();
    this.ids.push(...reader.events.map(({ id }) => id));
  }
}

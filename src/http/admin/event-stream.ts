import type { ServerResponse } from 'node:http';
import type { JournalEvent } from '../../core/event';
import { DomainError } from '../../core/errors';
import { type EventFilter, isWanted, type ReadJournal } from '../../services/read-journal';
import { presentEvent } from '../event-json';

const heartbeatMs = 15_000;
const retryMs = 2_000;
const replayPage = 500;
const maxStreams = 100;
/** A reader that leaves so much unread is ended; it comes back and resumes. */
const maxBufferedBytes = 1 << 20;

/** The open event streams (server-sent events, as the HTML standard defines them). */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  #isClosed = false;

  constructor(private readonly journal: ReadJournal) {}

  get size(): number {
    return this.#open.size;
  }

  /**
   * Sends the lines after `afterId`, then each as it is committed, until the reader goes away.
   * @throws DomainError `unavailable` when there are too many streams, or the server stops
   */
  open(response: ServerResponse, filter: EventFilter, afterId: number): void {
    if (this.#isClosed) throw new DomainError('unavailable', 'the server stops');
    if (this.#open.size >= maxStreams) {
      throw new DomainError('unavailable', `${maxStreams} event streams are open already`, {
        remedy: 'Close one, or read /api/events without a stream.',
      });
    }
    this.#open.add(response);
    response.socket?.setTimeout(0); // it is silent for as long as nothing happens
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no', // a proxy in front must not collect it
    });
    response.write(`retry: ${retryMs}\n\n`);
    const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
    const stop = this.#follow(response, filter, afterId);
    response.once('close', () => {
      clearInterval(heartbeat);
      stop();
      this.#open.delete(response);
    });
  }

  /** Ends all streams, and lets no new one in. */
  close(): void {
    this.#isClosed = true;
    for (const response of this.#open) response.end();
  }

  /** What is old is read page by page, as fast as the reader takes it; only who has caught up listens. */
  #follow(response: ServerResponse, filter: EventFilter, afterId: number): () => void {
    let lastId = afterId;
    let stopListening: (() => void) | undefined;
    const send = (event: JournalEvent) => {
      lastId = event.id;
      if (isWanted(event, filter)) response.write(frameOf(event));
      if (response.writableLength > maxBufferedBytes) response.destroy();
    };
    const catchUp = () => {
      for (;;) {
        if (response.destroyed || response.writableEnded) return;
        const page = this.journal.after({}, { limit: replayPage, afterId: lastId });
        for (const event of page) send(event);
        if (page.length < replayPage) break;
        if (response.writableNeedDrain) {
          response.once('drain', catchUp);
          return;
        }
      }
      // Nothing is committed between the last page and this line: both are in one turn.
      stopListening = this.journal.listen((events) => {
        for (const event of events) if (event.id > lastId) send(event);
      });
    };
    catchUp();
    return () => stopListening?.();
  }
}

function frameOf(event: JournalEvent): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`;
}

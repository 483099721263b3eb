import type { ServerResponse } from 'node:http';
import type { JournalEvent } from '../../../core/event';
import { DomainError } from '../../../core/errors';
import { type EventFilter, isWanted } from '../../../core/event-filter';
import type { ReadJournal } from '../../../ports/journal';
import { presentEvent } from '../../event-json';
import { Shares } from './shares';

const heartbeatMs = 15_000;
const retryMs = 2_000;
const replayPage = 500;
/** Enough for a person with many tabs: a hidden page closes its stream. */
const maxStreamsOfCaller = 20;
const maxStreams = 100;
/** A reader that takes nothing for this long is cut off; it reconnects and resumes. */
const stallMs = 30_000;

export interface StreamRequest {
  /** Whose share this stream counts against: a token with all its sessions, or `local`. */
  readonly actor: string;
  readonly filter: EventFilter;
  /** The last line that the reader has. */
  readonly afterId: number;
  /** Asked repeatedly: a token may be revoked while the stream is open. */
  readonly isAllowed: () => Promise<boolean>;
}

/** The open event streams (server-sent events, as the HTML standard defines them). */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();
  readonly #shares = new Shares({
    what: 'event-stream',
    perCaller: maxStreamsOfCaller,
    inAll: maxStreams,
    retryAfterSeconds: 30,
  });
  #isClosed = false;

  /** @param lookEveryMs how often streams look for lines that another process wrote, in milliseconds */
  constructor(
    private readonly journal: ReadJournal,
    private readonly lookEveryMs = heartbeatMs,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  /** How many were refused since the start because too many were already open. */
  get refused(): number {
    return this.#shares.refused;
  }

  /**
   * Sends the lines after `afterId`, then each new one as it is committed, until the reader leaves.
   * @throws DomainError `too-many-requests` when the caller, or all callers together, have too many streams;
   * `unavailable` when the server stops
   */
  open(response: ServerResponse, request: StreamRequest): void {
    if (this.#isClosed) throw DomainError.of('server-stops');
    if (response.destroyed) return; // the reader has left already, and would never give its share back
    const giveBack = this.#shares.take(request.actor);
    this.#open.add(response);
    response.socket?.setTimeout(0); // silence is normal here
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no', // keeps a proxy in front from buffering it
    });
    response.write(`retry: ${retryMs}\n\n`);
    const wake = this.#follow(response, request);
    const stopListening = this.journal.listen(wake);
    const heartbeat = setInterval(() => void response.write(':\n\n'), heartbeatMs);
    const look = setInterval(wake, this.lookEveryMs); // commands and other servers write lines, too
    response.once('close', () => {
      clearInterval(heartbeat);
      clearInterval(look);
      stopListening();
      giveBack();
      this.#open.delete(response);
    });
    wake();
  }

  /** Ends all streams, and refuses new ones. */
  close(): void {
    this.#isClosed = true;
    for (const response of this.#open) response.end();
  }

  /**
   * Always reads from the database, in pages and as fast as the reader takes them: a wake-up only says that there may
   * be more. Readers take turns page by page, so that many readers far behind do not delay the others.
   */
  #follow(response: ServerResponse, { filter, afterId, isAllowed }: StreamRequest): () => void {
    let lastId = afterId;
    let isWoken = false;
    let isSending = false;
    const isOver = () => response.destroyed || response.writableEnded;

    const sendPage = async (): Promise<boolean> => {
      const page = await this.journal.after(lastId, replayPage);
      if (!(await isAllowed())) response.end();
      for (const event of page) {
        if (isOver()) return false;
        if (isWanted(event, filter) && !response.write(frameOf(event))) await drained(response);
        lastId = event.id;
      }
      return page.length === replayPage;
    };

    const send = async (): Promise<void> => {
      isSending = true;
      while (isWoken && !isOver()) {
        isWoken = false;
        while (!isOver() && (await sendPage()));
      }
      isSending = false;
    };

    return () => {
      isWoken = true;
      if (!isSending) send().catch(() => response.destroy());
    };
  }
}

/** Waits until the reader has taken what was written; ends the stream if it does not. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('drain', done).off('close', done);
      resolve();
    };
    const timer = setTimeout(() => response.destroy(), stallMs);
    response.once('drain', done).once('close', done);
  });
}

function frameOf(event: JournalEvent): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`;
}

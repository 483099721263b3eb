import type { JournalEvent, NewEvent } from '../core/event';
import type { EventFilter } from '../core/event-filter';

/** Newest first. */
export interface JournalPage {
  readonly events: readonly JournalEvent[];
  /** For the page after this one; `null` on the last. */
  readonly nextBefore: number | null;
  /** Set when the search stopped early at its limit: it found every matching line since this time. */
  readonly searchedUntil: Date | null;
}

/** Reads the journal, and reports new lines. */
export interface ReadJournal {
  /**
   * Searches back through the journal as far as one search may, taking turns with other work. `SELECT * FROM events WHERE id < $1
   * AND id > $2 AND … ORDER BY id DESC LIMIT $3`, with a statement timeout
   * @throws DomainError `unavailable`
   */
  search(
    filter: EventFilter,
    page: {
      readonly limit: number;
      /** Only older lines. */
      readonly beforeId?: number;
      /** Only newer lines. */
      readonly afterId?: number;
    },
  ): Promise<JournalPage>;
  /**
   * All lines after a known one, oldest first, taking turns with other work. `SELECT * FROM events WHERE id > $1 ORDER BY id
   * LIMIT $2`
   * @throws DomainError `unavailable`
   */
  after(afterId: number, limit: number): Promise<readonly JournalEvent[]>;
  /** The id of the newest line, or 0. `SELECT max(id) FROM events` */
  lastId(): Promise<number>;
  /**
   * Reports lines as they are committed, those of other nodes through `LISTEN journal`. It is only a hint.
   * @returns a function that stops it
   */
  listen(listener: (events: readonly JournalEvent[]) => void): () => void;
}

/** Stores the journal. */
export interface JournalRecords extends ReadJournal {
  /**
   * When the newest line was written, according to the clock at that time; `null` before the first. `SELECT at FROM events ORDER
   * BY id DESC LIMIT 1`
   */
  lastAt(): Promise<Date | null>;
  /**
   * Adds lines that belong to no other change. Ids follow the order of commits: `SELECT pg_advisory_xact_lock($1)`, then
   * `INSERT INTO events …`, and one `NOTIFY journal` for the whole commit
   * @throws DomainError `storage-full`, `unavailable`
   */
  record(events: readonly NewEvent[]): Promise<void>;
  /**
   * Removes lines older than a time, a few at a time, about what devices and the server did. People's decisions stay. `DELETE
   * FROM events WHERE id IN (SELECT id … WHERE at < $1 AND (actor LIKE 'device:%' OR actor = $2) ORDER BY id LIMIT $3)`
   * @returns how many lines it removed
   */
  prune(before: Date, limit: number): Promise<number>;
}

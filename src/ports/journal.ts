import type { JournalEvent, NewEvent } from '../core/event';
import type { EventFilter } from '../core/event-filter';

/** Newest first. */
export interface JournalPage {
  readonly events: readonly JournalEvent[];
  /** For the page after this one; `null` on the last. */
  readonly nextBefore: number | null;
  /** Set when it ended before it was full, because it had looked at enough: nothing newer than this fits beside what it has. */
  readonly searchedUntil: Date | null;
}

/** Reads the journal, and hears of new lines. */
export interface ReadJournal {
  /** Looks among the newest lines alone, for who looks for what has just happened. Newest first. */
  list(
    filter: EventFilter,
    page: { readonly limit: number; readonly beforeId?: number },
  ): readonly JournalEvent[];
  /**
   * Looks back through the journal, in turn with everything else, as far as one search may.
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
  /** All lines after one that is known, oldest first, in turn with everything else. @throws DomainError `unavailable` */
  after(afterId: number, limit: number): Promise<readonly JournalEvent[]>;
  /** The id of the newest line, or 0. */
  lastId(): number;
  /** Hears of lines as they are committed. @returns what ends it */
  listen(listener: (events: readonly JournalEvent[]) => void): () => void;
}

/** Where the journal lasts. */
export interface JournalRecords extends ReadJournal {
  /** Adds lines that belong to no other change. @throws DomainError `storage-full`, `unavailable` */
  record(events: readonly NewEvent[]): Promise<void>;
  /**
   * Removes lines about what devices and the server did that are older than a time, a few at a time; people's decisions stay.
   * @returns how many
   */
  prune(before: Date, limit: number): Promise<number>;
}

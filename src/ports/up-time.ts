import type { UpSpan } from '../core/server-clock';

/** Stores when the server was up. */
export interface UpTimeRecords {
  /** Oldest first. */
  all(): Promise<readonly UpSpan[]>;
  /**
   * Adds or replaces spans, and removes others.
   * @throws DomainError `storage-full`, `unavailable`
   */
  save(spans: readonly UpSpan[], removed: readonly number[]): Promise<void>;
}

/** A kind of data that is deleted when it is old. */
export type Kept = 'journal' | 'webhook-deliveries' | 'history-moment' | 'history-hour' | 'history-day';

/** Up to which point one kind of old data was deleted. */
export interface RetentionMark {
  readonly what: Kept;
  /** Anything older may be gone. */
  readonly before: Date;
  /** How long the server had been up then, in milliseconds. */
  readonly upMs: number;
}

/** Stores up to which point old data was deleted. */
export interface RetentionRecords {
  all(): Promise<readonly RetentionMark[]>;
  /** @throws DomainError `storage-full`, `unavailable` */
  save(mark: RetentionMark): Promise<void>;
}

import type { NewEvent } from '../core/event';

/** Items that people dismissed from the list of what needs attention. */
export interface Dismissal {
  readonly kind: string;
  readonly subject: string;
}

/** Stores dismissals. */
export interface DismissalRecords {
  /** `SELECT kind, subject FROM dismissals` */
  all(): Promise<readonly Dismissal[]>;
  /**
   * If two people dismiss the same item, only the first is in the journal. `INSERT INTO dismissals … SELECT … FROM unnest($3)
   * ORDER BY 1 ON CONFLICT DO NOTHING RETURNING subject`, and the line if it added any
   * @throws DomainError `storage-full`, `unavailable`
   */
  add(
    dismissed: { readonly kind: string; readonly subjects: readonly string[] },
    event: NewEvent,
  ): Promise<void>;
}

import type { NewEvent } from '../core/event';

/** What a person dismissed of what needed attention. */
export interface Dismissal {
  readonly kind: string;
  readonly subject: string;
}

/** Where dismissals last. */
export interface DismissalRecords {
  all(): readonly Dismissal[];
  /** @throws DomainError `storage-full`, `unavailable` */
  add(
    dismissed: { readonly kind: string; readonly subjects: readonly string[] },
    event: NewEvent,
  ): Promise<void>;
}

import type { NewEvent } from '../core/event';

/** Where dismissals last. */
export interface DismissalRecords {
  all(): readonly { readonly kind: string; readonly subject: string }[];
  /** @throws DomainError `storage-full`, `unavailable` */
  add(
    dismissed: { readonly kind: string; readonly subjects: readonly string[] },
    event: NewEvent,
  ): Promise<void>;
}
